// says: E0023 E0308 E0026 E0029
//! E0023 patterns.

enum Kind {
    One(u8),
    Two { number: u8 },
}

#[tracked]
fn plain(kind: Kind) -> u8 {
    match kind {
        Kind::One(one, two) => one,
        Kind::Two { other } => other,
    }
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    match number {
        "a" => Ok(1),
        Some(number) => Ok(2),
        'a'..="b" => "1".parse().map_err(|_| String::new()),
        _ => Err(String::new()),
    }
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    match std::future::ready(number).await {
        (one, two) => Ok(one),
    }
}

fn main() {}
