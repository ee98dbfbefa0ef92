// says: clippy::redundant_pattern_matching clippy::equatable_if_let clippy::match_like_matches_macro
//! Redundant pattern matching.

#[tracked]
pub fn plain(number: Option<u8>) -> bool {
    if let Some(_) = number {
        println!("some");
    }
    match number {
        Some(3) => true,
        _ => false,
    }
}

#[tracked]
pub fn fallible(number: Result<u8, String>) -> Result<bool, String> {
    if let Ok(_) = number {
        return Ok(match number {
            Ok(3) => true,
            _ => false,
        });
    }
    if let Some(2) = number.clone().ok() {
        println!("2");
    }
    Ok(match number {
        Ok(3) => true,
        _ => false,
    })
}

#[tracked]
pub async fn later(number: Option<u8>) -> Result<u8, String> {
    if let Some(_) = std::future::ready(number).await { Ok(1) } else { Ok(2) }
}

fn main() {}
