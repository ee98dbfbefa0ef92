use std::process::ExitCode;

#[tracked]
fn main() -> ExitCode {
    let Some(first) = std::env::args().next() else {
        return ExitCode::FAILURE;
    };
    if first.is_empty() { ExitCode::SUCCESS } else { 17.into() }
}
