//! Return types whose name does not tell: the compiler is asked.

use std::process::ExitCode;

use telemetry_runtime::tracked;

type Answer = Result<u8, String>;

#[tracked]
pub fn answer(ask: bool) -> Answer {
    if ask {
        answer(false)?;
    }
    Ok(42)
}

#[tracked]
pub fn run() -> ExitCode {
    if answer(true).is_err() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[tracked(error = |code: &i32| *code != 0)]
pub fn code() -> i32 {
    7
}
