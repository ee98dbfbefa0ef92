//! Anyhow errors.

use anyhow::{bail, ensure, Context as _};

struct Own;

#[tracked]
fn plain(text: &str) -> anyhow::Result<u8> {
    ensure!(text, "empty");
    let number: u8 = text.parse::<u16>().context("a number")?;
    if number == 3 {
        bail!(Own);
    }
    Err(Own)?;
    Ok(text)
}

#[tracked]
async fn later(text: &str) -> anyhow::Result<()> {
    std::future::ready(text).await?;
    text.parse::<u8>().context("a number")
}

fn main() {}
