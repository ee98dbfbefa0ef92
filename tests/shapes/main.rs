//! Every shape that a function can have behaves with the attribute as it does without: what it prints, how it ends, what
//! it drops and when, where it panics, how large its futures are.

mod sizes;
mod test_functions;

use std::path::Path;

use telemetry_tests::attributes::{self, NONE, TRACKED};

#[test]
fn every_shape_behaves_as_without_the_attribute() {
    let cases = attributes::cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("shapes/cases"));
    let without = attributes::run(NONE, &cases);
    let with = attributes::run(TRACKED, &cases);
    let mut differences = Vec::new();
    for (case, without) in &without {
        assert!(without.is_ok(), "{case} is no case: it does not build without the attribute: {without:?}");
        if with[case] != *without {
            differences.push(format!("{case}\n  without {without:?}\n  with    {:?}", with[case]));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {} shapes differ:\n{}",
        differences.len(),
        cases.len(),
        differences.join("\n")
    );
}
