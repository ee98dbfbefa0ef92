//! Missing errors doc.

#[tracked]
/// Fails at times.
pub fn fallible(text: &str) -> Result<u8, String> {
    text.parse().map_err(|_| text.to_owned())
}

#[tracked]
/// Fails at times.
pub async fn fallible_later(text: &str) -> Result<u8, String> {
    std::future::ready(()).await;
    Err(text.to_owned())
}

/// Text.
pub struct Text(String);

impl Text {
    #[tracked]
    /// Fails at times.
    pub fn parse(&self) -> std::io::Result<()> {
        std::fs::write(&self.0, "")?;
        Ok(())
    }
}

fn main() {}
