// says: clippy::bind_instead_of_map clippy::map_identity clippy::unnecessary_lazy_evaluations clippy::map_err_ignore
//! Bind instead of map.

#[tracked]
pub fn plain(number: Option<u8>) -> Option<u8> {
    number.and_then(|number| Some(number + 1))
}

#[tracked]
pub fn fallible(number: Result<u8, String>) -> Result<u8, String> {
    number.and_then(|number| Ok(number + 1))
}

#[tracked]
pub fn fallible_identity(number: Result<u8, String>) -> Result<u8, String> {
    number.map(|number| number)
}

#[tracked]
pub fn fallible_lazy(number: Option<u8>) -> Result<u8, &'static str> {
    if number == Some(3) {
        return number.ok_or_else(|| "three");
    }
    number.ok_or_else(|| "none")
}

#[tracked]
pub fn fallible_ignored(text: &str) -> Result<u8, String> {
    text.parse().map_err(|_| String::new())
}

#[tracked]
pub async fn later(number: Result<u8, String>) -> Result<u8, String> {
    std::future::ready(()).await;
    number.and_then(|number| Ok(number + 1))
}

fn main() {}
