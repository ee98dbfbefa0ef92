//! Numbers as people read them.

/// Three digits.
#[must_use]
pub fn number(value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ if value == 0.0 => "0".to_owned(),
        _ => format!("{value:.2}"),
    }
}

/// Nanoseconds, with a unit.
#[must_use]
pub fn nanos(value: Option<f64>) -> String {
    match value {
        Some(value) if value >= 1e6 => format!("{} ms", number(Some(value / 1e6))),
        Some(value) if value >= 1e3 => format!("{} µs", number(Some(value / 1e3))),
        Some(value) => format!("{} ns", number(Some(value))),
        None => number(None),
    }
}

/// How many times as much.
#[must_use]
pub fn ratio(value: Option<f64>, of: Option<f64>) -> String {
    match (value, of) {
        (Some(value), Some(of)) if of > 0.0 => number(Some(value / of)) + "×",
        _ => "–".to_owned(),
    }
}

/// A table in Markdown.
#[derive(Clone, Debug)]
pub struct Table(String);

impl Table {
    /// One with no row yet.
    pub fn new<'a>(head: impl IntoIterator<Item = &'a str>) -> Self {
        let head: Vec<_> = head.into_iter().collect();
        Self(format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len())))
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<_> = cells.into_iter().collect();
        self.0.extend(["| ", &cells.join(" | "), " |\n"]);
    }

    /// Prints it.
    pub fn print(&self) {
        print!("{}", self.0);
    }
}
