use std::any::Any;
use std::fmt::{Debug, Display};

trait Base: Display {
    fn name(&self) -> &'static str;
}

trait Derived: Base + Any + Debug {}

impl Base for u8 {
    fn name(&self) -> &'static str {
        "u8"
    }
}

impl Derived for u8 {}

type Shared<'a> = &'a dyn Base;

fn check(value: &dyn Derived) -> Result<&dyn Derived, String> {
    if value.to_string() == "0" { Err("zero".to_owned()) } else { Ok(value) }
}

#[tracked]
fn up(value: &dyn Derived) -> Result<&dyn Base, String> {
    Ok(check(value)?)
}

#[tracked]
fn boxed(value: Box<dyn Derived>) -> Result<Box<dyn Any>, Box<dyn Debug>> {
    if check(&*value).is_err() {
        return Err(value);
    }
    Ok(value)
}

#[tracked]
fn shared<'a>(value: &'a dyn Derived) -> Shared<'a> {
    if value.name() == "u8" { value } else { unreachable!() }
}

#[tracked]
fn from_concrete(value: &u8) -> Shared<'_> {
    value
}

fn main() {
    println!("{:?} {:?}", up(&1_u8).map(|base| base.name()), up(&0_u8).map(|base| base.name()));
    println!("{} {:?}", boxed(Box::new(2_u8)).unwrap().is::<u8>(), boxed(Box::new(0_u8)).unwrap_err());
    println!("{} {}", shared(&3_u8), from_concrete(&4));
}
