use std::any::Any;
use std::error::Error;
use std::fmt::Display;

#[tracked]
fn boxed(kind: u8) -> Result<Box<dyn Display>, Box<dyn Error + Send + Sync>> {
    match kind {
        0 => Ok(Box::new(1)),
        1 => Ok(Box::new("one".parse::<String>()?)),
        2 => Err("two".into()),
        _ => Err(Box::new("x".parse::<u8>().unwrap_err())),
    }
}

#[tracked]
fn by_ref<'a>(value: &'a dyn Any) -> Option<&'a dyn Display> {
    if let Some(number) = value.downcast_ref::<u8>() {
        return Some(number);
    }
    value.downcast_ref::<&str>().map(|text| text as &dyn Display)
}

fn main() {
    for kind in 0..4 {
        match boxed(kind) {
            Ok(value) => println!("{value}"),
            Err(error) => println!("error {error}"),
        }
    }
    println!("{}{}{}", by_ref(&1_u8).unwrap(), by_ref(&"a").unwrap(), by_ref(&1.0).is_none());
}
