// edition: 2018
// says: clippy::needless_return unused_variables keyword_idents_2024 rust_2021_incompatible_closure_captures
//! Edition 2018.

#[tracked]
pub fn gen(number: u8) -> Result<u8, String> {
    let unused = 3;
    let pair = (String::from("a"), Loud(String::from("b")));
    let closure = || {
        let _moved = pair.1 .0.clone();
        let _other = pair.0;
    };
    closure();
    return "1".parse().map_err(|_| String::new());
}

pub struct Loud(String);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    return Ok(std::future::ready(1).await);
}

fn main() {}
