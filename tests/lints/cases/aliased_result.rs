// says: clippy::needless_return unused_variables deprecated clippy::type_complexity
//! Aliased result.

#[deprecated]
pub struct Old;

/// An alias.
#[allow(deprecated)]
pub type Outcome<T> = Result<T, Old>;

/// An alias.
#[deprecated]
pub type Fetched = Result<u8, String>;

#[tracked]
pub fn plain(number: u8) -> Outcome<u8> {
    let unused = 3;
    return Ok(number);
}

#[tracked]
pub fn old(number: u8) -> Fetched {
    return "1".parse().map_err(|_| String::new());
}

#[tracked]
pub fn complex(number: u8) -> Outcome<Vec<Vec<Box<(u32, u32, u32, Option<(u32, u32, u32, u32)>)>>>> {
    return Ok(Vec::new());
}

#[tracked]
pub async fn later(number: u8) -> Fetched {
    std::future::ready(()).await;
    return Ok(number);
}

fn main() {}
