// edition: 2024
// says: E0716
//! E0716 temporary 2024.

struct Loud<'a>(&'a str);

impl Drop for Loud<'_> {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

fn text() -> String {
    String::new()
}

#[tracked]
fn block() -> Result<usize, String> {
    let found = { &text() };
    Ok(found.len())
}

#[tracked]
fn plain() -> usize {
    let found = if true { text().as_str() } else { "b" };
    found.len()
}

fn main() {}
