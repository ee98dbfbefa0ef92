// says: clippy::needless_return unused_variables clippy::let_and_return unreachable_code
//! Exit codes.

use std::process::ExitCode;

#[tracked]
pub fn plain(number: u8) -> ExitCode {
    let unused = 3;
    if number == 3 {
        return ExitCode::SUCCESS;
        println!("never");
    }
    return ExitCode::from(number);
}

#[tracked]
pub fn poll(number: u8) -> std::task::Poll<Result<u8, String>> {
    if number == 0 {
        return std::task::Poll::Pending;
    }
    return std::task::Poll::Ready(Ok(number));
}

#[tracked]
fn main() -> ExitCode {
    let code = plain(3);
    code
}
