//! Unused doc comments.

#[tracked]
pub fn plain() -> u8 {
    /// Not for docs.
    let number = 3;
    number
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, String> {
    /// Not for docs.
    println!("{text}");
    match text {
        /// Not for docs.
        "a" => Ok(1),
        _ => "1".parse().map_err(|_| String::new()),
    }
}

fn main() {}
