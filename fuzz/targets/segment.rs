//! A segment that a dead process left: as it is, and with checksums that are right.
#![no_main]

mod folder;

use libfuzzer_sys::fuzz_target;
use telemetry_runtime::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::records(bytes);
    fuzzing::segment(folder::folder(), bytes);
    let mut mended = bytes.to_vec();
    fuzzing::mend(&mut mended);
    if mended != bytes {
        fuzzing::records(&mended);
        fuzzing::segment(folder::folder(), &mended);
    }
});
