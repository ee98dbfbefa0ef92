//! E0282 in the exits.

#[tracked]
fn default_in_ok() -> Result<impl Sized, String> {
    Ok(Default::default())
}

#[tracked]
fn parse_in_ok(text: &str) -> Result<usize, std::num::ParseIntError> {
    Ok(text.parse()?.len())
}

#[tracked]
fn collect_in_ok(text: &str) -> Result<usize, String> {
    Ok(text.chars().collect().len())
}

#[tracked]
fn tail(text: &str) -> Result<usize, String> {
    text.chars().collect().try_into()
}

#[tracked]
fn sum(list: &[u8]) -> Result<u8, String> {
    if list.is_empty() {
        return Ok(list.iter().sum() + 1);
    }
    Ok(list.iter().copied().sum() + 1)
}

#[tracked]
fn closure() -> Result<u8, String> {
    let closure = |value| value.len();
    Ok(3)
}

#[tracked]
fn question() -> Result<u8, String> {
    let closure = || {
        "1".parse::<u8>()?;
        Ok(3)
    };
    Ok(3)
}

#[tracked]
fn into(number: u8) -> Result<u64, String> {
    Ok(number.into() + 1)
}

#[tracked]
fn question_into(number: Result<u8, String>) -> Result<u8, Box<dyn std::error::Error>> {
    Ok(number.map_err(Into::into)?)
}

#[tracked]
async fn later(number: u8) -> Result<u64, String> {
    Ok(std::future::ready(number.into()).await.wrapping_add(1))
}

fn main() {}
