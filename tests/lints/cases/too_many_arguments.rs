// says: clippy::too_many_arguments clippy::fn_params_excessive_bools clippy::many_single_char_names
//! Too many arguments.

#[tracked]
pub fn plain(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
    a + b + c + d + e + f + g + h
}

#[tracked]
pub fn fallible(a: bool, b: bool, c: bool, d: bool) -> Result<bool, String> {
    if a && b {
        return Ok(c);
    }
    "true".parse().map(|found: bool| found && d).map_err(|_| String::new())
}

pub struct Store;

impl Store {
    #[tracked]
    pub async fn later(&self, a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
        std::future::ready(a + b + c + d + e + f + g + h).await
    }
}

fn main() {}
