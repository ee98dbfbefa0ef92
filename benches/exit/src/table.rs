//! Numbers as people read them.

use std::fmt;
use std::time::Duration;

use crate::process::PATIENCE;

/// What several runs took; `None` for one that was killed.
pub struct Spread(Vec<Option<Duration>>);

impl Spread {
    pub fn of(took: impl Iterator<Item = Option<Duration>>) -> Self {
        let mut took: Vec<_> = took.collect();
        // Whoever was killed took longest.
        took.sort_unstable_by_key(|took| took.unwrap_or(Duration::MAX));
        Self(took)
    }

    /// The value that so many of a thousand do not exceed.
    pub fn at(&self, thousandths: usize) -> Option<Duration> {
        let last = self.0.len().checked_sub(1)?;
        self.0[(self.0.len() * thousandths / 1000).min(last)]
    }

    pub fn median(&self) -> Option<Duration> {
        self.at(500)
    }

    pub fn longest(&self) -> Option<Duration> {
        self.at(1000)
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, longest) = (self.median(), self.longest());
        match self.0.len() {
            1 => f.write_str(&duration(median)),
            _ => write!(f, "{} ({})", duration(median), duration(longest)),
        }
    }
}

/// As `0.43 ms`; `None` for more than anybody waits.
pub fn duration(duration: Option<Duration>) -> String {
    let Some(duration) = duration else { return format!("**> {} s**", PATIENCE.as_secs()) };
    let seconds = duration.as_secs_f64();
    match seconds {
        10.0.. => format!("{seconds:.1} s"),
        1.0.. => format!("{seconds:.3} s"),
        0.01.. => format!("{:.0} ms", seconds * 1e3),
        0.0001.. => format!("{:.2} ms", seconds * 1e3),
        0.00001.. => format!("{:.0} µs", seconds * 1e6),
        _ => format!("{:.2} µs", seconds * 1e6),
    }
}

/// A table in Markdown.
pub struct Table(String);

impl Table {
    pub fn new<'a>(head: impl IntoIterator<Item = &'a str>) -> Self {
        let head: Vec<_> = head.into_iter().collect();
        Self(format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len())))
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<_> = cells.into_iter().collect();
        self.0.extend(["| ", &cells.join(" | "), " |\n"]);
    }

    pub fn print(&self) {
        print!("{}", self.0);
    }
}
