// says: unreachable_code unused_variables clippy::needless_return clippy::question_mark_used
//! Anyhow result.

use anyhow::{bail, ensure, Context as _};

#[tracked]
pub fn plain(text: &str) -> anyhow::Result<u8> {
    let unused = 3;
    ensure!(!text.is_empty(), "empty");
    if text == "a" {
        bail!("a");
    }
    if text == "b" {
        return Err(anyhow::anyhow!("b"));
        println!("never");
    }
    let number: u8 = text.parse().context("a number")?;
    return Ok(number);
}

#[tracked]
pub async fn later(text: &str) -> anyhow::Result<()> {
    std::future::ready(()).await;
    if text == "a" {
        bail!("a");
        println!("never");
    }
    std::fs::read(text)?;
    std::future::ready(anyhow::Ok(())).await
}

fn main() {}
