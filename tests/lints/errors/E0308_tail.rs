// says: E0308
//! E0308 tail.

#[tracked]
fn plain(number: u8) -> String {
    number
}

#[tracked]
fn fallible(number: u8) -> Result<String, String> {
    Ok(number)
}

#[tracked]
fn not_wrapped(number: u8) -> Result<u8, String> {
    number
}

#[tracked]
fn not_wrapped_call(number: u8) -> Result<u8, String> {
    number.wrapping_add(1)
}

#[tracked]
fn computed(number: u8) -> Result<String, String> {
    Ok(number.wrapping_add(1))
}

#[tracked]
fn error(number: u8) -> Result<String, u8> {
    Err(String::new())
}

#[tracked]
fn other_result(text: &str) -> Result<String, std::num::ParseIntError> {
    text.parse::<u8>()
}

#[tracked]
fn literal() -> Result<u8, String> {
    3
}

#[tracked]
fn option(number: u8) -> Option<u8> {
    number
}

#[tracked]
async fn later(number: u8) -> Result<String, String> {
    std::future::ready(number).await
}

#[tracked]
async fn later_ok(number: u8) -> Result<String, String> {
    Ok(std::future::ready(number).await)
}

struct Store(u8);

impl Store {
    #[tracked]
    fn get(&self) -> &str {
        self.0
    }

    #[tracked]
    fn get_fallible(&self) -> Result<&str, String> {
        Ok(self.0)
    }
}

fn main() {}
