//! Unused lifetimes.

#[tracked]
pub fn plain<'a>(number: u8) -> u8 {
    number + 1
}

#[tracked]
pub fn fallible<'a, 'b>(text: &'a str) -> Result<&'a str, String> {
    if text.is_empty() { Err(String::new()) } else { Ok(text) }
}

#[tracked]
pub async fn later<'a>(number: u8) -> u8 {
    std::future::ready(number).await
}

pub struct Holder<'a>(&'a str);

impl<'a> Holder<'a> {
    #[tracked]
    pub fn get<'b>(&self) -> &'a str {
        self.0
    }
}

fn main() {}
