//! The quickstart says what it can send, and its page in the repository says the same.

use crate::machine::Machine;

/// CQ-04, CW-36; written by `cargo run --package telemetry-tests --bin quickstart catalogue`.
#[test]
fn the_page_in_the_repository_is_the_programs() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/quickstart/TELEMETRY.md");
    let run = Machine::new().run(&format!("catalogue --check {page}"));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.starts_with("equal") && run.stderr.is_empty(), "{run:?}");
}
