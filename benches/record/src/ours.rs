//! This framework, in each of its states. One state a process: there is one engine.

use std::path::PathBuf;
use std::time::Duration;

use telemetry_runtime::{Builder, Development, Guard, Level, Loss, Recording, Telemetry, app, sink, tracked};

use crate::subject::{Call, Started, all_arrived, work};

#[tracked(fields(items = number))]
#[inline(never)]
fn sync(number: u64) -> Result<u64, u64> {
    work(number)
}

#[tracked]
#[inline(never)]
fn plain(number: u64) -> Result<u64, u64> {
    work(number)
}

#[tracked(fields(a = number, b = number, c = number, d = number, e = number, f = number, g = true, h = 0.5_f64))]
#[inline(never)]
fn sync_8(number: u64) -> Result<u64, u64> {
    work(number)
}

#[tracked(aggregate)]
#[inline(never)]
fn counted(number: u64) -> Result<u64, u64> {
    work(number)
}

/// Goes with its owner.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// `events` is how many a call makes, if that is a number.
fn start(level: Level, recording: Recording, call: Call, events: Option<u64>) -> Started {
    started(level, recording, 1, call, events)
}

/// A function of this framework's, ready to be called, with so many sinks behind it; `events` is how many a call makes, if that is a number.
#[must_use]
pub fn started(level: Level, recording: Recording, sinks: usize, call: Call, events: Option<u64>) -> Started {
    // Beside the programs: a disk, which the folder for temporary files need not be on.
    let name = format!("record-{}", std::process::id());
    let folder = Folder(std::env::current_exe().unwrap_or_default().with_file_name(name));
    let builder = Telemetry::builder(app!("record"))
        .development(Development::Send)
        .flag(level)
        .recording(recording)
        .state_dir(&folder.0)
        // The worker delivers when it is asked to, between what is measured.
        .batch_window(Duration::from_hours(1));
    let sinks = (0..sinks).map(|number| sink::JsonLines::file("/dev/null").named(format!("sink-{number}")));
    let telemetry = sinks.fold(builder, Builder::sink).start();
    // Both closures need it, and the folder goes last.
    let telemetry = std::rc::Rc::new((telemetry, folder));
    let checked = std::rc::Rc::clone(&telemetry);
    Started {
        call,
        settle: Box::new(move || {
            let _ = telemetry.0.flush(Duration::from_secs(10));
        }),
        leave: || {},
        check: Box::new(move |calls| check(&checked.0, level, recording, events.map(|events| events * calls))),
    }
}

fn check(telemetry: &Guard, level: Level, recording: Recording, expected: Option<u64>) -> Option<String> {
    let status = telemetry.status();
    let counts = status.counts();
    if status.level() != level {
        return Some(format!("the level is {}", status.level()));
    }
    if level == Level::All && status.recording() != recording {
        return Some("the disk was slow, so that what was measured is another mode".into());
    }
    let lost: u64 = Loss::ALL.iter().map(|loss| counts.lost(*loss)).sum();
    if lost > 0 {
        return Some(format!("events were lost: {counts}"));
    }
    all_arrived(counts.delivered, expected.unwrap_or(counts.delivered))
}

pub(crate) fn closed_plain() -> Started {
    start(Level::None, Recording::Direct, plain, Some(0))
}

pub(crate) fn closed() -> Started {
    start(Level::None, Recording::Direct, sync, Some(0))
}

pub(crate) fn errors() -> Started {
    start(Level::Errors, Recording::Direct, sync, Some(0))
}

pub(crate) fn direct() -> Started {
    start(Level::All, Recording::Direct, sync, Some(2))
}

pub(crate) fn direct_8() -> Started {
    start(Level::All, Recording::Direct, sync_8, Some(2))
}

pub(crate) fn queued() -> Started {
    start(Level::All, Recording::Queued, sync, Some(2))
}

pub(crate) fn queued_8() -> Started {
    start(Level::All, Recording::Queued, sync_8, Some(2))
}

pub(crate) fn aggregate() -> Started {
    start(Level::All, Recording::Direct, counted, None)
}
