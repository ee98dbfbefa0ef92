// says: E0277
//! E0308 dyn.

struct Own;

#[tracked]
fn plain() -> Box<dyn std::fmt::Display> {
    Box::new(Own)
}

#[tracked]
fn fallible(number: u8) -> Result<Box<dyn std::fmt::Display>, String> {
    if number == 1 {
        return Ok(Box::new(Own));
    }
    Ok(Box::new(Own))
}

#[tracked]
fn error(number: u8) -> Result<u8, Box<dyn std::error::Error>> {
    if number == 1 {
        return Err(Box::new(Own));
    }
    Err(Own)?;
    Ok(number)
}

#[tracked]
fn not_boxed(number: u8) -> Result<Box<dyn std::fmt::Display>, String> {
    Ok(number)
}

fn main() {}
