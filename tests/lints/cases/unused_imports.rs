//! Unused imports.

#[tracked]
pub fn plain() -> u8 {
    use std::collections::HashMap;
    1
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, String> {
    use std::collections::{HashMap, HashSet};
    use std::fmt::Write;
    let set: HashSet<u8> = HashSet::new();
    if set.is_empty() {
        use std::io::Read;
        return Ok(text.len() as u8);
    }
    Ok(1)
}

#[tracked]
pub async fn later() -> Result<u8, String> {
    use std::future::{ready, Ready};
    ready(Ok(3)).await
}

fn main() {}
