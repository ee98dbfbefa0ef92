use std::fmt::{Debug, Display};

#[tracked]
fn largest<'a, T, const N: usize>(items: &'a [T; N]) -> Result<&'a T, String>
where
    T: PartialOrd + Debug,
    [T; N]: Debug,
{
    let mut largest = items.first().ok_or_else(|| format!("{N} items"))?;
    for item in items {
        if item > largest {
            largest = item;
        }
    }
    Ok(largest)
}

#[tracked]
fn nested<F, E, T: ?Sized + Display>(f: F, value: &T) -> Result<String, E>
where
    F: for<'b> Convert<&'b str, Error = E>,
{
    f.convert(&value.to_string())
}

trait Convert<T> {
    type Error;
    fn convert(&self, value: T) -> Result<String, Self::Error>;
}

fn main() {
    println!("{:?} {:?}", largest(&[3, 9, 4]), largest::<u8, 0>(&[]));
    println!("{:?}", nested(Upper, "abc"));
}

struct Upper;

impl Convert<&str> for Upper {
    type Error = ();
    fn convert(&self, value: &str) -> Result<String, ()> {
        if value.is_empty() { Err(()) } else { Ok(value.to_uppercase()) }
    }
}
