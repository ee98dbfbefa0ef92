//! Unused qualifications.

use std::collections::HashMap;
use std::fmt;

pub struct Shown;

impl fmt::Display for Shown {
    #[tracked]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("shown")
    }
}

#[tracked]
pub fn plain() -> std::collections::HashMap<u8, u8> {
    HashMap::new()
}

#[tracked]
pub fn fallible(text: &str) -> std::result::Result<HashMap<u8, u8>, String> {
    if text.is_empty() {
        return std::result::Result::Ok(std::collections::HashMap::new());
    }
    std::result::Result::Ok(std::collections::HashMap::new())
}

#[tracked]
pub async fn later() -> std::result::Result<std::string::String, fmt::Error> {
    std::future::ready(std::result::Result::Ok(std::string::String::new())).await
}

fn main() {}
