// silent
//! Code that forbids unreachable code: then nothing in it may allow it.

#![forbid(unreachable_code)]
#![allow(
    clippy::absolute_paths,
    clippy::implicit_return,
    clippy::question_mark_used,
    clippy::single_call_fn,
    clippy::std_instead_of_core,
    reason = "they are about everything, or contradict others"
)]

/// Reads a number.
#[tracked]
fn parsed(text: &str) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        return "1".parse();
    }
    text.parse()
}

/// Reads two.
#[tracked]
async fn later(text: &str) -> Result<u8, std::num::ParseIntError> {
    let first = parsed(text)?;
    let second = core::future::ready(parsed(text)).await?;
    Ok(first.saturating_add(second))
}

/// Says whether it went well.
#[tracked]
fn main() -> std::process::ExitCode {
    if futures::executor::block_on(later("12")).is_ok() {
        return std::process::ExitCode::SUCCESS;
    }
    std::process::ExitCode::FAILURE
}
