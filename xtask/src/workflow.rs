//! What the workflow may be: where the project's own commands run, and no second place that says what has to pass.

use std::fs;

use crate::root;

#[test]
fn steps_are_commands_of_the_project_and_actions_are_pinned() {
    let workflow = fs::read_to_string(root().join(".github/workflows/ci.yml")).unwrap();
    assert_eq!(faults(&workflow), Vec::<String>::new());
}

#[test]
fn what_it_may_not_be_is_noticed() {
    let good = "permissions:\n  contents: read\n  - uses: a/b@0123456789abcdef0123456789abcdef01234567 # v1\n  - run: cargo xtask test\n";
    assert_eq!(faults(good), Vec::<String>::new());
    for (right, wrong) in [
        ("cargo xtask test", "cargo test"),
        ("cargo xtask test", "|"),
        ("cargo xtask test", "cargo xtask test && curl example.com"),
        ("0123456789abcdef0123456789abcdef01234567", "v1"),
        ("contents: read", "contents: write"),
    ] {
        let bad = good.replace(right, wrong);
        assert_eq!(faults(&bad).len(), 1, "{bad}");
    }
}

/// The lines that should be other ones.
fn faults(workflow: &str) -> Vec<String> {
    let is_fault = |line: &&str| {
        let line = line.trim_start_matches([' ', '-']);
        if let Some(run) = line.strip_prefix("run:") {
            let run = run.trim().trim_start_matches("sudo --preserve-env env \"PATH=$PATH\" ");
            !(run == ".ci/run" || run.starts_with("cargo xtask ")) || run.contains(['&', ';', '|', '$'])
        } else if let Some(action) = line.strip_prefix("uses:") {
            let (_, version) = action.split_once('@').unwrap_or_default();
            let commit = version.split_whitespace().next().unwrap_or_default();
            commit.len() != 40 || !commit.bytes().all(|digit| digit.is_ascii_hexdigit())
        } else {
            line.contains(": write")
        }
    };
    workflow.lines().filter(is_fault).map(str::to_owned).collect()
}
