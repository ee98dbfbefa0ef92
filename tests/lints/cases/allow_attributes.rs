// says: clippy::allow_attributes clippy::allow_attributes_without_reason unfulfilled_lint_expectations
//! Allow attributes.

#[tracked]
#[allow(unused_variables)]
pub fn plain(number: u8) -> u8 {
    #[allow(unused_mut)]
    let mut other = 3;
    other
}

#[tracked]
#[expect(unused_variables)]
pub fn expected(number: u8) -> Result<u8, String> {
    #[expect(unused_mut)]
    let mut other = 3;
    Ok(other)
}

#[tracked]
#[expect(unused_variables)]
pub fn unfulfilled(number: u8) -> Result<u8, String> {
    #[expect(unused_mut)]
    let other = number;
    Ok(other)
}

#[tracked]
#[expect(unreachable_code)]
pub fn unreachable_fulfilled(text: &str) -> Result<u8, std::num::ParseIntError> {
    std::process::exit(1);
    text.parse()
}

#[tracked]
#[expect(unreachable_code)]
pub fn unreachable_unfulfilled(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[tracked]
#[expect(clippy::unused_async)]
pub async fn later() -> Result<u8, String> {
    Ok(1)
}

#[tracked]
#[expect(clippy::unused_async)]
pub async fn later_unfulfilled() -> Result<u8, String> {
    std::future::ready(Ok(1)).await
}

fn main() {}
