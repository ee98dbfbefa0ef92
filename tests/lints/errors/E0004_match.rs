// says: E0004 E0005
//! E0004 match.

enum Kind {
    One,
    Two,
    Three,
}

#[tracked]
fn plain(kind: Kind) -> u8 {
    match kind {
        Kind::One => 1,
        Kind::Two => 2,
    }
}

#[tracked]
fn fallible(kind: Kind, number: Option<u8>) -> Result<u8, String> {
    let Some(found) = number;
    match kind {
        Kind::One => Ok(1),
        Kind::Two => "2".parse().map_err(|_| String::new()),
    }
}

#[tracked]
fn returned(number: Result<u8, String>) -> Result<u8, String> {
    return match number {
        Ok(3) => Ok(3),
        Err(error) => Err(error),
    };
}

#[tracked]
async fn later(kind: Kind) -> Result<u8, String> {
    match std::future::ready(kind).await {
        Kind::One => Ok(1),
    }
}

fn main() {}
