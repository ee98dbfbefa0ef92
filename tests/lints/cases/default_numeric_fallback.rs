// says: clippy::default_numeric_fallback clippy::unseparated_literal_suffix clippy::decimal_literal_representation clippy::unreadable_literal
//! Default numeric fallback.

#[tracked]
pub fn plain() {
    let number = 3;
    println!("{number} {}", 123456789);
}

#[tracked]
pub fn fallible(text: &str) -> Result<usize, String> {
    let number = 3;
    println!("{number}");
    if text.is_empty() {
        return Ok(65535usize);
    }
    Ok(1234567)
}

#[tracked]
pub fn displayed(text: &str) -> Result<impl std::fmt::Display, String> {
    if text.is_empty() {
        return Err(String::new());
    }
    Ok(3)
}

fn main() {}
