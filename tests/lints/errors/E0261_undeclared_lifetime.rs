// says: E0261
//! E0261 undeclared lifetime.

#[tracked]
fn plain(text: &'a str) -> usize {
    text.len()
}

#[tracked]
fn fallible(text: &str) -> Result<&'a str, String> {
    let other: &'b str = "a";
    Ok(other)
}

fn main() {}
