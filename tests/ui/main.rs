//! What a mistake looks like: one file each, named by what is wrong. The caret is under the smallest wrong thing and the
//! words are ours.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
