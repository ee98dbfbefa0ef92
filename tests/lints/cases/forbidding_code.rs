// edition: 2024
// silent
//! Code that forbids what others allow: an `allow` anywhere in it, whoever wrote it, does not compile.

#![forbid(
    dead_code,
    deprecated,
    missing_docs,
    non_snake_case,
    unreachable_patterns,
    unsafe_code,
    unused_assignments,
    unused_braces,
    unused_imports,
    unused_macros,
    unused_must_use,
    unused_mut,
    unused_parens,
    unused_qualifications,
    unused_results,
    unused_variables,
    clippy::dbg_macro,
    clippy::diverging_sub_expression,
    clippy::let_and_return,
    clippy::let_unit_value,
    clippy::needless_return,
    clippy::print_stdout,
    clippy::redundant_closure_call,
    clippy::unwrap_used,
    clippy::used_underscore_binding,
    clippy::used_underscore_items
)]
#![allow(
    clippy::absolute_paths,
    clippy::exit,
    clippy::implicit_return,
    clippy::missing_docs_in_private_items,
    clippy::option_if_let_else,
    clippy::question_mark_used,
    clippy::single_call_fn,
    clippy::too_many_lines,
    clippy::unnecessary_wraps,
    reason = "they are about everything, contradict others, or have a low limit here"
)]

use core::num::ParseIntError;
use std::process;

#[tracked]
fn parsed(text: &str) -> Result<u8, ParseIntError> {
    if text.is_empty() {
        return "1".parse();
    }
    match text {
        "one" => Ok(1),
        "two" => {
            let trimmed = text.trim();
            trimmed.parse()
        }
        "never" => process::exit(3),
        _ => text.trim().parse(),
    }
}

#[tracked]
fn never(text: &str) -> Result<u8, ParseIntError> {
    if parsed(text).is_ok() {
        process::exit(1)
    }
    process::exit(2)
}

#[tracked]
fn endless(text: &str) -> Result<u8, ParseIntError> {
    loop {
        if let Ok(number) = parsed(text) {
            break Ok(number);
        }
        if text.len() > 3 {
            break never(text);
        }
    }
}

#[tracked]
async fn later(text: &str) -> Result<u8, ParseIntError> {
    let number = core::future::ready(parsed(text)).await?;
    if number == 3 {
        return core::future::ready(endless(text)).await;
    }
    if number == 4 {
        return Ok(core::future::ready(number).await);
    }
    core::future::ready(parsed("1")).await
}

#[tracked]
fn boxed(text: &str) -> futures::future::BoxFuture<'_, Result<u8, ParseIntError>> {
    Box::pin(async move {
        let number = later(text).await?;
        if number == 3 { parsed("3") } else { Ok(number) }
    })
}

#[tracked]
fn main() -> process::ExitCode {
    match futures::executor::block_on(boxed("12")) {
        Ok(number) => process::ExitCode::from(number),
        Err(_) => process::ExitCode::FAILURE,
    }
}
