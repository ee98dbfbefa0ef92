//! Every shape that a function can have behaves with the attribute as it does without: what it prints, how it ends, what
//! it drops and when, where it panics, how large its futures are.
//!
//! The names that the attribute adds to a function end in a number that nobody writes: an item of that very name would be met by
//! our local, as by any local of the name.

mod sizes;
mod test_functions;

use std::path::Path;

use telemetry_tests::attributes::{self, NONE, TRACKED};

/// The shapes that differ, and why Rust leaves no way round. One that does not differ any more fails the test.
const KNOWN: &[(&str, &str)] = &[(
    "forbid_unreachable_code",
    "a call at the end may be of a function that never returns: only an `allow(unreachable_code)` keeps the compiler from saying \
     that nothing comes after it, and `forbid` refuses that",
)];

#[test]
fn every_shape_behaves_as_without_the_attribute() {
    let cases = attributes::cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("shapes/cases"));
    let without = attributes::run(NONE, &cases);
    let with = attributes::run(TRACKED, &cases);
    let mut differences = Vec::new();
    for (case, without) in &without {
        assert!(without.is_ok(), "{case} is no case: it does not build without the attribute: {without:?}");
        let known = KNOWN.iter().any(|(shape, _)| shape == case);
        if with[case] == *without {
            assert!(!known, "take {case} out of the table: it does not differ any more");
        } else if !known {
            differences.push(format!("{case}\n  without {without:?}\n  with    {:?}", with[case]));
        }
    }
    let gone = KNOWN.iter().find(|(shape, _)| !without.contains_key(*shape));
    assert!(gone.is_none(), "take out of the table what is no shape: {gone:?}");
    assert!(
        differences.is_empty(),
        "{} of {} shapes differ:\n{}",
        differences.len(),
        cases.len(),
        differences.join("\n")
    );
}
