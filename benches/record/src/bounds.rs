//! `bounds.toml`: what cost may be, and how it may grow.

use std::path::Path;

/// One line of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound<'a> {
    /// The table that it is in.
    pub of: &'a str,
    /// What is bounded.
    pub figure: &'a str,
    /// … by this.
    pub most: f64,
}

/// What the file says.
///
/// # Panics
///
/// If it cannot be read.
#[must_use]
pub fn text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bounds.toml");
    std::fs::read_to_string(path).expect("bounds.toml")
}

/// Reads what this file needs of TOML: tables of numbers.
///
/// # Panics
///
/// If it is something else.
#[must_use]
pub fn read(text: &str) -> Vec<Bound<'_>> {
    let (mut bounds, mut of) = (Vec::new(), "");
    for line in
        text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
    {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            of = name;
        } else {
            let bound =
                line.split_once('=').and_then(|(figure, most)| Some((figure.trim(), most.trim().parse().ok()?)));
            let (figure, most) = bound.unwrap_or_else(|| panic!("bounds.toml: {line:?} is no `figure = number`"));
            bounds.push(Bound { of, figure, most });
        }
    }
    bounds
}
