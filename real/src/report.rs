//! What was checked, a line each, and what came of it.
#![allow(clippy::print_stdout, reason = "the lines are what this program is for")]

use std::time::Instant;

use crate::differ::Difference;

/// What came of one check.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Ok,
    Failed,
    Skipped,
}

/// Everything so far.
pub struct Report {
    checks: Vec<(String, Came)>,
    groups: Vec<(String, f32)>,
    differences: Vec<Difference>,
    began: Instant,
    /// In continuous integration, what cannot be had is a failure.
    is_strict: bool,
}

impl Report {
    /// An empty one.
    pub fn new() -> Self {
        let is_strict = std::env::var_os("CI").is_some();
        Self { checks: Vec::new(), groups: Vec::new(), differences: Vec::new(), began: Instant::now(), is_strict }
    }

    /// What follows is about this.
    pub fn group(&mut self, name: &str) {
        self.end_group();
        println!("\n{name}");
        self.groups.push((name.to_owned(), 0.0));
        self.began = Instant::now();
    }

    /// Notes a check; `Ok` holds what was seen.
    pub fn check(&mut self, name: &str, done: anyhow::Result<String>) -> bool {
        let is_ok = done.is_ok();
        match done {
            Ok(seen) if seen.is_empty() => println!("  ok       {name}"),
            Ok(seen) => println!("  ok       {name}: {seen}"),
            Err(problem) => println!("  FAILED   {name}: {problem:#}"),
        }
        self.note(if is_ok { Came::Ok } else { Came::Failed });
        is_ok
    }

    /// Notes how something is beside what the official client does.
    pub fn compare(&mut self, name: &str, compared: anyhow::Result<(String, Vec<Difference>)>) {
        let done = compared.map(|(seen, differences)| {
            for new in differences {
                // A vendor's kinds of messages have most in common.
                let vendor = |what: &str| what.split(' ').next().map(str::to_owned);
                let is_like = |old: &&mut Difference| {
                    old.path == new.path && old.why == new.why && vendor(&old.what) == vendor(&new.what)
                };
                match (self.differences.iter_mut().find(is_like), new.what.split_once(' ')) {
                    (Some(old), Some((_, kind))) => old.what = format!("{}, {kind}", old.what),
                    _ => self.differences.push(new),
                }
            }
            seen
        });
        self.check(name, done);
    }

    /// Notes that something could not be checked here.
    pub fn skip(&mut self, what: &str, why: &str) {
        let came = if self.is_strict { Came::Failed } else { Came::Skipped };
        println!("  {}  {what}: {why}", if self.is_strict { "FAILED " } else { "skipped" });
        self.note(came);
    }

    fn note(&mut self, came: Came) {
        let group = self.groups.last().map(|(name, _)| name.clone()).unwrap_or_default();
        self.checks.push((group, came));
    }

    fn end_group(&mut self) {
        if let Some((_, seconds)) = self.groups.last_mut() {
            *seconds = self.began.elapsed().as_secs_f32();
        }
    }

    /// Prints the table; says whether nothing failed.
    pub fn end(mut self) -> bool {
        self.end_group();
        if !self.differences.is_empty() {
            println!("\n| | differs from the official client | how | why |\n|---|---|---|---|");
            for Difference { what, path, how, why } in &self.differences {
                println!("| {what} | {path} | {how} | {why} |");
            }
        }
        println!("\n| | ok | failed | skipped | seconds |\n|---|---|---|---|---|");
        let count =
            |name: &str, came| self.checks.iter().filter(|(group, other)| group == name && *other == came).count();
        for (name, seconds) in &self.groups {
            let [ok, failed, skipped] = [Came::Ok, Came::Failed, Came::Skipped].map(|came| count(name, came));
            println!("| {name} | {ok} | {failed} | {skipped} | {seconds:.1} |");
        }
        let failed = self.checks.iter().filter(|(_, came)| *came == Came::Failed).count();
        let skipped = self.checks.iter().filter(|(_, came)| *came == Came::Skipped).count();
        println!("\n{} checks: {failed} failed, {skipped} skipped", self.checks.len());
        failed == 0
    }
}
