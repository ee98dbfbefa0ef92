//! The file that says when sinks may be asked: as it is, and with checksums that are right.
#![no_main]

mod folder;

use libfuzzer_sys::fuzz_target;
use telemetry_runtime::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::pauses(folder::folder(), bytes);
    let mut mended = bytes.to_vec();
    fuzzing::mend(&mut mended);
    fuzzing::pauses(folder::folder(), &mended);
});
