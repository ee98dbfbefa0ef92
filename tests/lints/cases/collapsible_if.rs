// says: clippy::collapsible_if clippy::collapsible_else_if clippy::collapsible_match
//! Collapsible if.

#[tracked]
pub fn plain(number: u8) {
    if number > 1 {
        if number < 4 {
            println!("{number}");
        }
    }
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    if number > 1 {
        if number < 4 {
            return Ok(number);
        }
    }
    if number > 5 {
        Ok(1)
    } else {
        if number == 3 {
            Ok(number)
        } else {
            "1".parse().map_err(|_| String::new())
        }
    }
}

#[tracked]
pub fn matches(number: Result<Option<u8>, String>) -> Result<u8, String> {
    match number {
        Ok(number) => match number {
            Some(number) => Ok(number),
            _ => Err(String::new()),
        },
        _ => Err(String::new()),
    }
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    if std::future::ready(number).await > 1 {
        if number < 4 {
            return Ok(number);
        }
    }
    Ok(1)
}

fn main() {}
