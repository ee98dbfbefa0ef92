// says: E0277
//! E0277 bounds.

struct Own;

fn shown<T: std::fmt::Display>(value: T) -> Result<String, String> {
    Ok(value.to_string())
}

#[tracked]
fn plain() -> String {
    shown(Own).unwrap_or_default()
}

#[tracked]
fn fallible(number: u8) -> Result<String, String> {
    if number == 1 {
        return shown(Own);
    }
    if number == 2 {
        return Ok(shown(Own)?);
    }
    if number == 3 {
        return Ok(format!("{}", Own));
    }
    println!("{:?}", Own);
    match number {
        4 => shown(Own),
        5 => Ok(shown(Own)?),
        6 => Ok(format!("{}", Own)),
        7 => Ok([1, 2].iter().sum::<Own>()),
        _ => {
            let sum = Own + number;
            shown(vec![1])
        }
    }
}

#[tracked]
fn generic<T>(value: T) -> Result<String, String> {
    shown(value)
}

#[tracked]
fn generic_ok<T>(value: T) -> Result<String, String> {
    Ok(format!("{value}"))
}

#[tracked]
fn index(list: &[u8]) -> Result<u8, String> {
    Ok(list["a"])
}

#[tracked]
fn iterate(number: u8) -> Result<u8, String> {
    for other in number {}
    Ok(number)
}

#[tracked]
async fn later(number: u8) -> Result<String, String> {
    std::future::ready(shown(Own)).await
}

fn main() {}
