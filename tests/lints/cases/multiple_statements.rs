// says: clippy::mixed_read_write_in_expression clippy::pattern_type_mismatch clippy::else_if_without_else clippy::string_add clippy::str_to_string
//! Multiple statements.

#[tracked]
pub fn plain(text: &str) -> String {
    if { let length = text.len(); println!("{length}"); length } == 3 {
        println!("3");
    } else if text.len() == 4 {
        println!("4");
    }
    text.to_string() + "a"
}

#[tracked]
pub fn fallible(text: &Option<String>) -> Result<String, String> {
    match text {
        Some(text) => Ok("a".to_string() + text),
        None => Err("none".to_string()),
    }
}

#[tracked]
pub fn order(start: u8) -> Result<u8, String> {
    let mut number = start;
    let sum = { number = 3; 1 } + number;
    Ok(sum)
}

fn main() {}
