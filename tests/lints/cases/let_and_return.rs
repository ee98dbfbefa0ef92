//! Let and return.

#[tracked]
pub fn plain(text: &str) -> String {
    let upper = text.to_uppercase();
    upper
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number = text.parse();
    number
}

#[tracked]
pub fn fallible_branch(text: &str) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        let number = text.parse();
        number
    } else {
        Ok(1)
    }
}

#[tracked]
pub fn fallible_ok(text: &str) -> Result<u8, String> {
    let number = Ok(text.as_bytes()[0]);
    number
}

#[tracked]
pub async fn later(text: &str) -> Result<u8, std::num::ParseIntError> {
    std::future::ready(()).await;
    let number = text.parse();
    number
}

#[tracked]
pub fn option(text: &str) -> Option<char> {
    let first = text.chars().next();
    first
}

#[tracked]
pub fn code() -> std::process::ExitCode {
    let code = std::process::ExitCode::from(3);
    code
}

fn main() {}
