// says: E0106
//! E0106 missing lifetime.

#[tracked]
fn plain(one: &str, two: &str) -> &str {
    one
}

#[tracked]
fn fallible(number: u8) -> Result<&str, String> {
    Ok("a")
}

#[tracked]
async fn later(one: &str, two: &str) -> Result<&str, String> {
    Ok(one)
}

fn main() {}
