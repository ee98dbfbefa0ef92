// says: clippy::disallowed_methods clippy::disallowed_types clippy::disallowed_macros clippy::disallowed_names clippy::disallowed_fields
//! Disallowed methods.

pub struct Forbidden;

#[tracked]
pub fn plain() {
    let foo = 3;
    std::thread::sleep(std::time::Duration::from_secs(foo));
    std::assert!(true);
}

#[tracked]
pub fn fallible(number: u8) -> Result<std::net::Ipv4Addr, String> {
    let local = std::net::Ipv4Addr::LOCALHOST;
    if number == 0 {
        return Ok(local);
    }
    std::thread::sleep(std::time::Duration::from_secs(1));
    std::assert!(number > 0);
    Ok(std::net::Ipv4Addr::from_bits(3))
}

#[tracked]
pub async fn later(number: std::net::Ipv4Addr) -> Result<u8, String> {
    let baz = number.octets()[1];
    std::future::ready(Ok(baz)).await
}

#[tracked]
pub fn field(range: &std::ops::Range<u8>) -> Result<u8, String> {
    Ok(range.start)
}

fn main() {}
