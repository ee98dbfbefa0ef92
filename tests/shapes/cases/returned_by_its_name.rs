use std::fmt::Debug;

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

fn text(loud: &Loud) -> Result<u8, String> {
    println!("text {}", loud.0);
    loud.0.parse().map_err(|_| loud.0.to_owned())
}

#[tracked]
fn bound(n: u8) -> Result<u8, String> {
    let _outer = Loud("outer");
    let result = if n == 0 { text(&Loud("1")) } else { Ok(text(&Loud("no"))?) };
    result
}

#[tracked]
fn typed<T: Default + Debug>(value: Option<T>) -> Result<T, String> {
    let result: Result<_, _> = value.ok_or_else(Default::default);
    result
}

#[tracked]
fn inferred(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number = text.parse();
    number
}

#[tracked]
fn unchanged(value: Result<u8, String>) -> Result<u8, String> {
    match value {
        Ok(value) => Ok(value),
        Err(error) => Err(error),
    }
}

#[tracked]
fn question(text: &str) -> Result<Box<dyn Debug>, Box<dyn std::error::Error>> {
    if text.is_empty() {
        Err("empty")?;
    }
    if text == "x" {
        return Err("x")?;
    }
    Ok(Box::new(text.parse::<u8>()?))
}

#[tracked]
fn unboxed(text: &str) -> Result<u8, Box<dyn std::error::Error>> {
    Ok(text.parse()?)
}

#[tracked]
fn macros(n: u8) -> Result<String, std::io::Error> {
    if n == 1 {
        return Ok(format!("{n}"));
    }
    Ok(format!("{}", std::str::from_utf8(&[n]).map_err(std::io::Error::other)?))
}

#[tracked]
fn printed(n: u8) -> Result<(), u8> {
    match n {
        0 => return Ok(println!("zero")),
        1 => return Ok(()),
        2 => Ok(()),
        _ => Err(n),
    }
}

#[tracked]
fn closure(n: u8) -> Result<impl Fn(u8) -> u8, u8> {
    if n == 0 { Err(n) } else { Ok(move |m| n + m) }
}

fn main() {
    println!("{:?} {:?}", bound(0), bound(1));
    println!("{:?} {:?}", typed(Some(1)), typed::<u8>(None));
    println!("{:?} {:?}", inferred("1"), inferred("x"));
    println!("{:?} {:?}", unchanged(Ok(1)), unchanged(Err("e".to_owned())));
    for text in ["", "x", "y", "7"] {
        println!("{:?} {:?}", question(text), unboxed(text));
    }
    println!("{:?} {:?} {:?}", macros(1), macros(65), macros(200));
    println!("{:?} {:?} {:?} {:?}", printed(0), printed(1), printed(2), printed(3));
    println!("{:?}", closure(0).err());
    println!("{:?}", closure(1).map(|add| add(2)));
}
