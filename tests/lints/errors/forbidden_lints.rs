//! Forbidden lints.

#![forbid(unreachable_patterns, unused_variables, clippy::needless_return)]

fn fallible() -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

#[tracked]
fn plain(number: u8) -> u8 {
    return 3;
}

#[tracked]
fn in_result(number: u8) -> Result<u8, String> {
    if true {
        return fallible();
    }
    fallible()
}

#[tracked]
async fn later() -> Result<u8, String> {
    std::future::ready(fallible()).await
}

fn main() {}
