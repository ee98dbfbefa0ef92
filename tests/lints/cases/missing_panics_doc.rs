//! Missing panics doc.

#[tracked]
/// Panics at times.
pub fn unwraps(text: &str) -> u8 {
    text.parse().unwrap()
}

#[tracked]
/// Panics at times.
///
/// # Errors
///
/// At times.
pub fn expects(text: &str) -> Result<u8, String> {
    if text.is_empty() {
        return Ok("".parse().expect("a number"));
    }
    Ok(text.parse().unwrap())
}

#[tracked]
/// Panics at times.
///
/// # Errors
///
/// At times.
pub fn asserts(text: &str) -> Result<u8, String> {
    assert!(text.len() > 3, "too short");
    match text {
        "a" => panic!("no"),
        "b" => Ok(1),
        _ => unreachable!("never"),
    }
}

#[tracked]
/// Panics at times.
pub async fn panics(text: &str) -> u8 {
    std::future::ready(()).await;
    text.parse().unwrap()
}

fn main() {}
