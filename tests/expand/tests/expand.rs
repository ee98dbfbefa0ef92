//! Each file of `cases` is expanded by cargo-expand and compared with the `.expanded.rs` beside it. An expansion that
//! nobody has reviewed is a failure; `MACROTEST=overwrite` accepts what is new or has changed.

use std::env;
use std::process::{Command, Stdio};

type Outcome = Result<(), &'static str>;

/// One file at a time: the name of the crate, which is in the expansion, counts the files.
fn expands_as_reviewed(case: &str) -> Outcome {
    // A missing tool is a failure as well: a test that skips itself proves nothing.
    let version =
        Command::new("cargo").args(["expand", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        return Err("cargo-expand is not on the PATH: run `cargo xtask test`, which installs it under target/tools");
    }
    let compare =
        if env::var_os("MACROTEST").is_some() { macrotest::expand } else { macrotest::expand_without_refresh };
    compare(format!("cases/{case}.rs"));
    Ok(())
}

#[test]
fn functions_without_errors() -> Outcome {
    expands_as_reviewed("sync")
}

#[test]
fn results() -> Outcome {
    expands_as_reviewed("fallible")
}

#[test]
fn futures() -> Outcome {
    expands_as_reviewed("futures")
}

#[test]
fn methods() -> Outcome {
    expands_as_reviewed("methods")
}

#[test]
fn other_return_types() -> Outcome {
    expands_as_reviewed("other_types")
}

#[test]
fn fields_and_closed_enums() -> Outcome {
    expands_as_reviewed("fields")
}

#[test]
fn hot_functions() -> Outcome {
    expands_as_reviewed("hot")
}

#[test]
fn structs_and_metrics() -> Outcome {
    expands_as_reviewed("structs")
}

#[test]
fn macro_fragments() -> Outcome {
    expands_as_reviewed("fragments")
}
