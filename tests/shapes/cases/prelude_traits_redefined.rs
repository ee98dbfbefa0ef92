trait Into<T> {
    fn into(self) -> T;
}

impl Into<u8> for &str {
    fn into(self) -> u8 {
        self.len() as u8
    }
}

trait Clone {
    fn clone(&self) -> &'static str {
        "mine"
    }
}

impl<T> Clone for T {}

trait Default {
    fn default() -> &'static str {
        "mine"
    }
}

impl Default for u8 {}

#[tracked]
fn uses(fail: bool) -> Result<(u8, &'static str), &'static str> {
    if fail {
        return Err(<u8 as Default>::default());
    }
    Ok((Into::into("abc"), Clone::clone(&1_u8)))
}

fn main() {
    println!("{:?} {:?}", uses(true), uses(false));
}
