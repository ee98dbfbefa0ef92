//! Functions that are only counted, and functions of which some calls are recorded.

use telemetry_runtime::tracked;

#[tracked(aggregate)]
pub fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse()
}

#[tracked(aggregate, event = "Rows Fetched")]
pub async fn fetch(ready: std::future::Ready<u8>) -> u8 {
    ready.await
}

#[tracked(sample = 0.01, limit = "100/min")]
pub fn draw() {}
