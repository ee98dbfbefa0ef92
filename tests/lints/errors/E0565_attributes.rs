//! E0565 attributes.

#[tracked]
#[inline(sometimes)]
fn plain() -> u8 {
    3
}

#[tracked]
#[unknown_attribute]
fn fallible() -> Result<u8, String> {
    #[another_unknown]
    let number = 3;
    Ok(number)
}

#[tracked]
#[derive(Clone)]
fn derived() -> Result<u8, String> {
    Ok(1)
}

fn main() {}
