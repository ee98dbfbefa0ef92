//! What one would write by hand.

use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Receiver, Sender, bounded};
use serde::Serialize;
use uuid::Uuid;

use crate::subject::{Started, all_arrived, work};

#[inline(never)]
pub(crate) fn two_ids(number: u64) -> Result<u64, u64> {
    black_box(Uuid::new_v4());
    let done = work(number);
    black_box(Uuid::new_v4());
    done
}

static FILE: OnceLock<File> = OnceLock::new();

/// A file without a name, on the disk that the programs are on.
fn file() -> File {
    let path =
        std::env::current_exe().unwrap_or_default().with_file_name(format!("record-{}.file", std::process::id()));
    let file = OpenOptions::new().append(true).create_new(true).open(&path).expect("a file");
    std::fs::remove_file(path).expect("it was just made");
    file
}

pub(crate) fn appends() -> Started {
    FILE.get_or_init(file);
    Started::alone(appending)
}

#[inline(never)]
fn appending(number: u64) -> Result<u64, u64> {
    let mut file = FILE.get().expect("it was opened");
    file.write_all(&[b'x'; 120]).expect("an append");
    let done = work(number);
    file.write_all(&[b'x'; 120]).expect("an append");
    done
}

/// What is told of a call, twice.
#[derive(Serialize)]
struct Event {
    id: Uuid,
    #[serde(rename = "event")]
    name: &'static str,
    time_ns: u64,
    call: u64,
    items: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
}

impl Event {
    fn start(id: Uuid, call: u64, items: u64) -> Self {
        let time_ns = now();
        Self { id, name: "Sync Started", time_ns, call, items, duration_ns: None, outcome: None }
    }

    fn finish(id: Uuid, call: u64, items: u64, took: Duration, is_ok: bool) -> Self {
        let (duration_ns, outcome) = (nanos(took), if is_ok { "ok" } else { "error" });
        let (duration_ns, outcome) = (Some(duration_ns), Some(outcome));
        Self { name: "Sync Finished", duration_ns, outcome, ..Self::start(id, call, items) }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn now() -> u64 {
    nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// As many places as our queue has.
const PLACES: usize = 8192;

/// A channel to a thread that writes what it is sent to a file.
struct Line<T> {
    channel: OnceLock<Sender<T>>,
    /// So many were written.
    written: AtomicU64,
    sent: AtomicU64,
}

impl<T: Send + 'static> Line<T> {
    const fn new() -> Self {
        let [written, sent] = [const { AtomicU64::new(0) }; 2];
        Self { channel: OnceLock::new(), written, sent }
    }

    fn start(&'static self, to_text: fn(&T) -> String) {
        let (sender, receiver) = bounded(PLACES);
        std::thread::spawn(move || self.write(&receiver, to_text));
        drop(self.channel.set(sender));
    }

    fn write(&self, receiver: &Receiver<T>, to_text: fn(&T) -> String) {
        let mut file = file();
        while let Ok(first) = receiver.recv() {
            let (mut text, mut count) = (String::new(), 0);
            for event in std::iter::once(first).chain(receiver.try_iter().take(255)) {
                text += &to_text(&event);
                text.push('\n');
                count += 1;
            }
            file.write_all(text.as_bytes()).expect("an append");
            self.written.fetch_add(count, Ordering::Release);
        }
    }

    fn send(&self, event: T) {
        if self.channel.get().is_some_and(|channel| channel.try_send(event).is_ok()) {
            self.sent.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn started(&'static self, call: fn(u64) -> Result<u64, u64>) -> Started {
        let settle = || {
            while self.written.load(Ordering::Acquire) < self.sent.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        let check = |calls: u64| all_arrived(self.written.load(Ordering::Acquire), 2 * calls);
        Started { call, settle: Box::new(settle), leave: || {}, check: Box::new(check) }
    }
}

static CALLS: AtomicU64 = AtomicU64::new(0);
static TEXTS: Line<String> = Line::new();
static EVENTS: Line<Event> = Line::new();

fn to_json(event: &Event) -> String {
    serde_json::to_string(event).expect("it has no map")
}

pub(crate) fn json() -> Started {
    TEXTS.start(String::clone);
    TEXTS.started(with_json)
}

#[inline(never)]
fn with_json(number: u64) -> Result<u64, u64> {
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    TEXTS.send(to_json(&Event::start(Uuid::new_v4(), call, number)));
    let began = Instant::now();
    let done = work(number);
    TEXTS.send(to_json(&Event::finish(Uuid::new_v4(), call, number, began.elapsed(), done.is_ok())));
    done
}

pub(crate) fn typed() -> Started {
    EVENTS.start(to_json);
    EVENTS.started(with_struct)
}

#[inline(never)]
fn with_struct(number: u64) -> Result<u64, u64> {
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    EVENTS.send(Event::start(Uuid::new_v4(), call, number));
    let began = Instant::now();
    let done = work(number);
    EVENTS.send(Event::finish(Uuid::new_v4(), call, number, began.elapsed(), done.is_ok()));
    done
}

static BASE: OnceLock<u128> = OnceLock::new();

/// An id that costs no system call.
fn counted_id(count: u64) -> Uuid {
    Uuid::from_u128(BASE.get().copied().unwrap_or_default().wrapping_add(u128::from(count)))
}

pub(crate) fn typed_and_counted() -> Started {
    BASE.get_or_init(|| Uuid::new_v4().as_u128());
    EVENTS.start(to_json);
    EVENTS.started(with_counted_ids)
}

#[inline(never)]
fn with_counted_ids(number: u64) -> Result<u64, u64> {
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    EVENTS.send(Event::start(counted_id(2 * call), call, number));
    let began = Instant::now();
    let done = work(number);
    EVENTS.send(Event::finish(counted_id(2 * call + 1), call, number, began.elapsed(), done.is_ok()));
    done
}
