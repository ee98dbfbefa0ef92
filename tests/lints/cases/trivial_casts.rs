//! Trivial casts.

#[tracked]
pub fn plain(number: &u8) -> *const u8 {
    number as *const u8
}

#[tracked]
pub fn fallible(text: &str) -> Result<usize, String> {
    let text = text as &str;
    if text.is_empty() {
        return Ok((text as &str).len());
    }
    Ok((text as &str).len() + 1)
}

fn main() {}
