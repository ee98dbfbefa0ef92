//! Every shape that a function can have behaves with the attribute as it does without: what it prints, how it ends, what
//! it drops and when, where it panics, how large its futures are.
//!
//! The names that the attribute adds to a function end in a number that nobody writes: an item of that very name would be met by
//! our local, as by any local of the name.

mod sizes;
mod test_functions;

use std::path::Path;

use telemetry_tests::attributes::{self, AGGREGATED, NONE, TRACKED};

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
    let mut differences = Vec::new();
    let with = [TRACKED, AGGREGATED].map(|attribute| (attribute, attributes::run(attribute, &cases)));
    for ((attribute, with), (case, without)) in
        with.iter().flat_map(|with| without.iter().map(move |case| (with, case)))
    {
        assert!(without.is_ok(), "{case} is no case: it does not build without the attribute: {without:?}");
        let known = KNOWN.iter().any(|(shape, _)| shape == case);
        if with[case] == *without {
            assert!(!known, "take {case} out of the table: it does not differ any more");
        } else if !known {
            let with = &with[case];
            differences.push(format!("{case}, {}\n  without {without:?}\n  with    {with:?}", attribute.name));
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
