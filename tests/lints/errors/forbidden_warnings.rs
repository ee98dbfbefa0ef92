//! Forbidden warnings.

#![forbid(warnings)]

fn fallible() -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

#[tracked]
fn in_result() -> Result<u8, String> {
    let unused = 3;
    fallible()
}

#[tracked]
fn clean() -> Result<u8, String> {
    std::process::exit(1)
}

fn main() {}
