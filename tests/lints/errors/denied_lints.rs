//! Denied lints.

#[must_use]
fn important() -> u8 {
    1
}

fn fallible() -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

#[tracked]
#[deny(unused_must_use)]
fn plain() {
    important();
    fallible();
}

#[tracked]
#[deny(unused_variables, unused_mut, unreachable_code)]
fn in_result(number: u8) -> Result<u8, String> {
    let mut other = 3;
    fallible();
    return Ok(1);
    Ok(2)
}

#[tracked]
#[forbid(unused_must_use)]
fn forbidden(number: u8) -> Result<u8, String> {
    if number == 3 {
        fallible();
        return Ok(1);
    }
    fallible()
}

#[tracked]
#[deny(unused_must_use)]
async fn later(number: u8) -> Result<u8, String> {
    std::future::ready(number);
    std::future::ready(important()).await;
    fallible();
    fallible()
}

fn main() {}
