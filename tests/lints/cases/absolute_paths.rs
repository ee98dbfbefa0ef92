//! Absolute paths.

#[tracked]
pub fn plain() -> std::collections::hash_map::HashMap<u8, u8> {
    std::collections::hash_map::HashMap::new()
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        return core::primitive::str::parse::<u8>(text);
    }
    core::str::FromStr::from_str(text)
}

#[tracked]
pub async fn later() -> Result<u8, String> {
    std::future::ready(1_u8).await.into_ok()
}

trait IntoOk: Sized {
    fn into_ok(self) -> Result<Self, String>;
}

impl IntoOk for u8 {
    fn into_ok(self) -> Result<Self, String> {
        Ok(self)
    }
}

fn main() {}
