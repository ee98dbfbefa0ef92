// says: clippy::unnecessary_box_returns clippy::unnecessary_to_owned
//! Unnecessary box returns.

#[tracked]
fn plain(number: u8) -> Box<u8> {
    Box::new(number)
}

#[tracked]
fn fallible(number: u8) -> Result<Box<String>, String> {
    if number == 0 {
        return Err(String::new());
    }
    Ok(Box::new(String::default()))
}

#[tracked]
fn owned(text: &str) -> Result<usize, String> {
    length(&text.to_string())
}

fn length(text: &str) -> Result<usize, String> {
    text.len().checked_add(1).ok_or_else(String::new)
}

fn main() {}
