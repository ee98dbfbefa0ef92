//! The headers `Retry-After` and, behind a line break, `Date`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use telemetry_runtime::fuzzing;

fuzz_target!(|text: &str| {
    match text.split_once('\n') {
        Some((value, date)) => fuzzing::retry_after(value, Some(date)),
        None => fuzzing::retry_after(text, None),
    }
});
