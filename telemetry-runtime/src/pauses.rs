//! When a sink may be asked again, also across runs: ten thousand runs in an outage are to make ten requests, and not ten
//! thousand.
//!
//! A file beside the segments says of each sink how often it failed in a row and until when it is left alone, and when a run last
//! waited for what had been left for a day. Who wants to ask after a failure first claims the attempt there, by moving the time
//! on, so that of many processes one asks. Where the file cannot be had, each process goes by what it knows itself.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::clock;
use crate::codec::{self, Found, Record};
use crate::files::{is_no_pipe, open_private};
use crate::limits;
use crate::os;

/// The file, and what it says.
#[derive(Debug)]
pub(crate) struct Pauses {
    path: Option<PathBuf>,
}

/// What is remembered of a sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    failures: u32,
    until: SystemTime,
}

#[derive(Debug, Default, PartialEq)]
struct Said {
    /// By name: there are as many as a program has sinks.
    sinks: Vec<(String, Remembered)>,
    caught_up: Option<SystemTime>,
}

/// A file of more bytes than this is not ours.
const MOST_BYTES: u64 = 64 * 1024;

impl Pauses {
    /// Those of a spool's folder; none where there is no folder.
    pub(crate) fn new(spool: Option<&Path>) -> Self {
        Self { path: spool.map(|folder| folder.join("pauses")) }
    }

    /// The pause that a sink begins this run with.
    pub(crate) fn of(&self, sink: &str) -> Pause {
        let path = self.path.as_ref().filter(|path| is_no_pipe(path));
        let said = path.and_then(|path| Said::read(&mut File::open(path).ok()?).ok());
        said.and_then(|said| said.of(sink).map(Remembered::pause)).unwrap_or_default()
    }

    /// Says that a run may wait for what has been left, once in so long.
    pub(crate) fn claim_catch_up(&self) -> bool {
        self.change(|said| {
            let now = clock::now();
            // A time that has not come yet was said by a clock that was wrong.
            let since = said.caught_up.and_then(|then| now.duration_since(then).ok());
            let is_due = since.is_none_or(|since| since >= limits::CATCH_UP_AGE);
            if is_due {
                said.caught_up = Some(now);
            }
            is_due
        })
        .unwrap_or(false)
    }

    /// Changes what is remembered, while nobody else does; `None` where that cannot be.
    fn change<T>(&self, change: impl FnOnce(&mut Said) -> T) -> Option<T> {
        let path = self.path.as_ref().filter(|path| is_no_pipe(path))?;
        let mut file = open_private(path, false).ok()?;
        let _kept = os::KeptFromChildren::new(&file);
        // Held for microseconds. Who holds it for longer was stopped in the middle, and is not waited for.
        (0..100).find_map(|_| file.try_lock().map_err(|_| std::thread::yield_now()).ok())?;
        let mut said = Said::read(&mut file).ok()?;
        let done = change(&mut said);
        said.write(&mut file).ok()?;
        Some(done)
    }
}

impl Said {
    fn of(&self, sink: &str) -> Option<&Remembered> {
        self.sinks.iter().find(|(name, _)| name == sink).map(|(_, known)| known)
    }

    fn say(&mut self, sink: &str, now: Remembered) {
        match self.sinks.iter_mut().find(|(name, _)| name == sink) {
            Some((_, known)) => *known = now,
            None => self.sinks.push((sink.to_owned(), now)),
        }
    }

    fn read(file: &mut File) -> io::Result<Self> {
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes)?;
        let mut said = Self::default();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let step = match codec::read(rest) {
                Found::Record(record, length) => {
                    match *record {
                        // The first wins: what stands behind it is left of a longer file, where somebody was stopped.
                        Record::Pause { sink, failures, until } if said.of(&sink).is_none() => {
                            said.sinks.push((sink, Remembered { failures, until }));
                        }
                        Record::CatchUp { at } => drop(said.caught_up.get_or_insert(at)),
                        _ => {}
                    }
                    length
                }
                Found::Damaged(length) => length,
                Found::Partial => codec::next_magic(rest),
            };
            rest = &rest[step..];
        }
        Ok(said)
    }

    fn write(&self, file: &mut File) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (sink, Remembered { failures, until }) in &self.sinks {
            codec::write_pause(&mut bytes, sink, *failures, *until);
        }
        if let Some(at) = self.caught_up {
            codec::write_catch_up(&mut bytes, at);
        }
        if os::largest_file().is_some_and(|largest| bytes.len() as u64 > largest) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        io::Seek::rewind(file)?;
        file.write_all(&bytes)?;
        file.set_len(bytes.len() as u64)
    }
}

impl Remembered {
    fn pause(&self) -> Pause {
        Pause {
            failures: self.failures,
            until: self.left().and_then(|left| clock::tick().checked_add(left)),
            closed: false,
        }
    }

    /// How long the sink is to be left alone from now on. A time further away than any pause was said by a clock that was wrong.
    fn left(&self) -> Option<Duration> {
        let left = self.until.duration_since(clock::now()).ok()?;
        (left <= limits::LONGEST_RETRY_AFTER).then_some(left)
    }
}

/// When a sink may be asked again, as far as this process knows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pause {
    failures: u32,
    until: Option<Instant>,
    /// It is not asked again in this run.
    closed: bool,
}

impl Pause {
    /// None.
    pub(crate) const NONE: Self = Self { failures: 0, until: None, closed: false };

    /// Whether the sink may be asked now.
    pub(crate) fn is_over(&self) -> bool {
        !self.closed && self.until.is_none_or(|until| clock::tick() >= until)
    }

    /// When a pause ends, or has ended, that was not over then.
    pub(crate) fn ends_after(&self, then: Instant) -> Option<Instant> {
        self.until.filter(|until| !self.closed && *until > then)
    }

    /// Asks for the right to ask the sink: after a failure, one process in many has it.
    pub(crate) fn claim(&mut self, pauses: &Pauses, sink: &str) -> bool {
        if self.failures == 0 {
            return true;
        }
        let failures = self.failures.saturating_add(1);
        let claimed = pauses.change(|said| {
            let known = said.of(sink).copied();
            if let Some(other) = known.filter(|known| known.left().is_some_and(|left| !left.is_zero())) {
                return Err(other);
            }
            let until = clock::now() + own(failures);
            said.say(sink, Remembered { failures: self.failures, until });
            Ok(())
        });
        match claimed {
            Some(Err(other)) => {
                *self = other.pause();
                false
            }
            Some(Ok(())) | None => true,
        }
    }

    /// The sink took a batch.
    pub(crate) fn succeeded(&mut self, pauses: &Pauses, sink: &str) {
        if self.failures > 0 {
            pauses.change(|said| said.sinks.retain(|(name, _)| name != sink));
        }
        *self = Self::default();
    }

    /// The sink wants nothing for so long, though nothing failed.
    pub(crate) fn hold(&mut self, asked: Duration, pauses: &Pauses, sink: &str) {
        let asked = asked.min(limits::LONGEST_RETRY_AFTER);
        self.until = clock::tick().checked_add(asked);
        let (failures, until) = (self.failures, clock::now() + asked);
        pauses.change(|said| said.say(sink, Remembered { failures, until }));
    }

    /// The sink did not take a batch, and may have asked for a pause of its own.
    pub(crate) fn failed(&mut self, retry_after: Option<Duration>, pauses: &Pauses, sink: &str) {
        self.failures = self.failures.saturating_add(1);
        let pause = retry_after.unwrap_or_default().max(own(self.failures));
        self.until = clock::tick().checked_add(pause);
        let failures = self.failures;
        pauses.change(|said| {
            said.say(sink, Remembered { failures, until: clock::now() + pause });
        });
    }

    /// The sink does not want us, and is not asked again in this run.
    pub(crate) fn close(&mut self, pauses: &Pauses, sink: &str) {
        self.failed(None, pauses, sink);
        self.closed = true;
    }
}

fn own(failures: u32) -> Duration {
    clock::pause(failures, limits::FIRST_PAUSE, limits::LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_run_learned_the_next_one_knows() {
        let folder = tempfile::tempdir().unwrap();
        let pauses = Pauses::new(Some(folder.path()));
        let mut pause = pauses.of("json");
        assert!(pause.is_over() && pause.claim(&pauses, "json"));
        pause.failed(Some(Duration::from_secs(3600)), &pauses, "json");
        assert!(!pause.is_over());
        assert!(!pauses.of("json").is_over());
        assert!(pauses.of("other").is_over());
        pause.succeeded(&pauses, "json");
        assert!(pauses.of("json").is_over());
        assert_eq!(std::fs::metadata(folder.path().join("pauses")).unwrap().len(), 0);
    }

    #[test]
    fn after_a_failure_one_of_many_asks() {
        let folder = tempfile::tempdir().unwrap();
        let pauses = Pauses::new(Some(folder.path()));
        let over = Remembered { failures: 3, until: clock::now() - Duration::from_secs(1) };
        pauses.change(|said| said.say("json", over)).unwrap();
        let claims =
            (0..10).filter(|_| pauses.of("json").is_over() && pauses.of("json").claim(&pauses, "json")).count();
        assert_eq!(claims, 1);
        let mut late = over.pause();
        assert!(!late.claim(&pauses, "json") && !late.is_over(), "who comes too late waits as well");
    }

    #[test]
    fn a_clock_that_was_wrong_closes_no_door() {
        let folder = tempfile::tempdir().unwrap();
        let pauses = Pauses::new(Some(folder.path()));
        let decade = Duration::from_secs(10 * 366 * 24 * 3600);
        for until in [clock::now() + decade, clock::now() - decade] {
            pauses.change(|said| said.say("json", Remembered { failures: 1, until })).unwrap();
            assert!(pauses.of("json").is_over());
        }
        pauses.change(|said| said.caught_up = Some(clock::now() + decade)).unwrap();
        assert!(pauses.claim_catch_up());
        assert!(!pauses.claim_catch_up(), "once a day");
    }

    #[test]
    fn a_damaged_file_says_what_is_left_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let pauses = Pauses::new(Some(folder.path()));
        let until = clock::now() + Duration::from_secs(60);
        for sink in ["one", "two"] {
            pauses.change(|said| said.say(sink, Remembered { failures: 1, until })).unwrap();
        }
        let path = folder.path().join("pauses");
        let sound = std::fs::read(&path).unwrap();
        for at in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[at] ^= 0x55;
            std::fs::write(&path, damaged).unwrap();
            let waiting = ["one", "two"].into_iter().filter(|sink| !pauses.of(sink).is_over()).count();
            assert!(waiting >= 1, "byte {at}");
        }
    }
}
