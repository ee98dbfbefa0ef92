//! Redundant closure.

fn fallible(text: &str) -> Result<u8, String> {
    text.parse().map_err(|_| String::new())
}

#[tracked]
pub fn plain(text: Option<&str>) -> Option<Result<u8, String>> {
    text.map(|text| fallible(text))
}

#[tracked]
pub fn in_result(text: Option<&str>) -> Result<u8, String> {
    if text == Some("a") {
        return text.ok_or_else(|| String::new()).and_then(|text| fallible(text));
    }
    text.ok_or_else(|| String::new()).and_then(|text| fallible(text))
}

#[tracked]
pub fn in_ok(text: Option<&str>) -> Result<Option<String>, String> {
    Ok(text.map(|text| text.to_owned()))
}

#[tracked]
pub async fn later(text: Option<&str>) -> Result<u8, String> {
    std::future::ready(text.map(|text| fallible(text))).await.unwrap_or(Ok(3))
}

fn main() {}
