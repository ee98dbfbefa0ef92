// says: clippy::match_bool clippy::match_wildcard_for_single_variants
//! Match bool.

pub enum Kind {
    /// One.
    One,
    /// Two.
    Two,
}

#[tracked]
pub fn plain(flag: bool) -> u8 {
    match flag {
        true => 1,
        false => 2,
    }
}

#[tracked]
pub fn fallible(flag: bool, kind: &Kind) -> Result<u8, String> {
    if flag {
        return match kind {
            &Kind::One => Ok(1),
            _ => Ok(3),
        };
    }
    match flag {
        true => Ok(1),
        false => "2".parse().map_err(|_| String::new()),
    }
}

#[tracked]
pub async fn later(kind: Kind) -> Result<u8, String> {
    match std::future::ready(kind).await {
        Kind::One => Ok(1),
        _ => Ok(2),
    }
}

fn main() {}
