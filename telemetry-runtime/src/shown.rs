//! What lies on this disk, as a page shows it: events that wait, what was sent and answered, and how often, how well and how long.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::clock;
use crate::codec::{self, Found, Record};
use crate::event::{Event, EventKind};
use crate::files::create_private_folder;
use crate::format::{Track, json};
use crate::json::Parsed;
use crate::kept::{self, Entry as Line, Said};
use crate::os;
use crate::page::{self, Durations, EventRow, Part, Section, Table};
use crate::spool;
use crate::state::State;
use crate::value::{nanos, rfc3339};

/// So many of the events that wait are shown one by one.
const SHOWN: usize = 500;
/// So many entries are seen before the others are asked for.
const OPEN: usize = 20;

/// The sections on events, on what waits and on what was sent, of these state folders and the tracks that somebody is owed events on.
///
/// # Errors
///
/// A ledger cannot be read.
pub(crate) fn sections(places: &[(State, Vec<Track>)]) -> io::Result<Vec<Section>> {
    let (mut tally, mut waiting, mut sent) = (Tally::default(), Vec::new(), Vec::new());
    for (state, tracks) in places {
        let Some(folder) = state.folder().map(spool::folder_in) else { continue };
        for (_, bytes) in spool::contents(&folder) {
            for (event, is_owed) in events(&bytes, tracks) {
                tally.add_event(&event, is_owed);
                if is_owed {
                    waiting.push(event);
                }
            }
        }
    }
    tally.in_spool = tally.seen.len();
    for (state, _) in places {
        requests(state, &mut sent)?;
    }
    // In the order of sending, so that of two deliveries the first one counts.
    let mut unread = 0;
    for request in &sent {
        let before = tally.met;
        if let Some(body) = Parsed::read(&request.body) {
            tally.add_body(&body);
        }
        unread += usize::from(request.is_request && tally.met == before);
    }
    let section_of_waiting = section_of_waiting(&tally, &waiting);
    let requests = sent.iter().filter(|one| one.is_request).count();
    Ok(vec![tally.section(requests, unread), section_of_waiting, section_of_requests(sent)])
}

/// The events of a segment, and whether somebody is owed them still. Where no track is named, those count that something was acknowledged on
/// there, as in the books.
fn events(bytes: &[u8], tracks: &[Track]) -> impl Iterator<Item = (Event, bool)> {
    let (mut events, mut positions) = (Vec::new(), HashMap::<String, u64>::new());
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        at += match codec::read(rest) {
            Found::Record(record, length) => {
                match *record {
                    Record::Event(event, _) => events.push((event, (at + length) as u64)),
                    Record::Ack { sink, offset } => {
                        let position = positions.entry(sink).or_default();
                        *position = offset.max(*position);
                    }
                    _ => {}
                }
                length
            }
            Found::Damaged(length) => length,
            Found::Partial => codec::next_magic(rest),
        };
    }
    let heard = positions.keys().map(|key| Track::heard_of(key));
    let tracks: Vec<Track> = if tracks.is_empty() { heard.collect() } else { tracks.to_vec() };
    events.into_iter().map(move |(event, end)| {
        let mut takers = tracks.iter().filter(|track| track.kinds.contains(event.kind.kind()));
        let is_owed = takers.any(|track| positions.get(&track.key).is_none_or(|position| *position < end));
        (event, is_owed || tracks.is_empty())
    })
}

/// An event, with what its figures are made of.
#[derive(Default)]
struct Row {
    shown: EventRow,
    /// Durations in nanoseconds, and how many calls took so long.
    samples: Vec<(u64, u64)>,
    waiting: u64,
    /// When the oldest was recorded that waits.
    oldest: Option<SystemTime>,
}

/// Events by name and kind, each counted once.
#[derive(Default)]
struct Tally {
    rows: BTreeMap<(String, &'static str), Row>,
    /// The ids, each with how often it was met.
    seen: HashMap<String, u64>,
    in_spool: usize,
    /// Events that were met, counted or not.
    met: usize,
}

impl Tally {
    /// The row of an event, unless it is counted already.
    fn row(&mut self, id: String, name: &str, kind: &'static str) -> Option<&mut Row> {
        self.met += 1;
        let met = self.seen.entry(id).or_default();
        *met += 1;
        (*met == 1).then(|| {
            let row = self.rows.entry((name.to_owned(), kind)).or_default();
            if row.shown.kind.is_empty() {
                let errors = matches!(kind, "finish" | "aggregate").then_some(0);
                row.shown = EventRow { name: name.to_owned(), kind: kind.to_owned(), errors, ..EventRow::default() };
            }
            row
        })
    }

    fn add_event(&mut self, event: &Event, is_owed: bool) {
        let kind = json::kind(&event.kind);
        let Some(row) = self.row(event.id.to_string(), &event.name, kind) else { return };
        if is_owed {
            row.waiting += 1;
            row.oldest = Some(row.oldest.map_or(event.time, |oldest| oldest.min(event.time)));
        }
        match &event.kind {
            EventKind::Finish { outcome, duration, .. } => row.add_finish(outcome.as_str(), duration.map(nanos)),
            EventKind::Aggregate(all) => row.add_aggregate(all.calls, all.errors + all.panics, &all.histogram),
            _ => row.shown.count += 1,
        }
    }

    /// Adds what can be told apart as events in a body that was sent: in the formats that name an event `event` and say its `kind` with it, or in
    /// its `properties`.
    fn add_body(&mut self, body: &Parsed<'_>) {
        let said = body.member("properties").filter(|said| said.member("kind").is_some()).unwrap_or(body);
        let text = |name: &str| body.member(name).and_then(Parsed::text);
        let kind = said.member("kind").and_then(Parsed::text);
        let kind = KINDS.into_iter().find(|known| Some(*known) == kind);
        let id = text("id").or_else(|| text("uuid")).or_else(|| text("messageId"));
        let (Some(name), Some(kind), Some(id)) = (text("event"), kind, id) else {
            return body.items().for_each(|item| self.add_body(item));
        };
        let Some(row) = self.row(id.to_owned(), name, kind) else { return };
        let number = |name: &str| said.member(name).and_then(Parsed::number);
        match kind {
            "finish" => {
                let outcome = said.member("outcome").and_then(Parsed::text).unwrap_or("unknown");
                row.add_finish(outcome, number("duration_ns"));
            }
            "aggregate" => {
                let or = |name, other| number(name).or_else(|| number(other)).unwrap_or(0);
                let histogram = said.member("histogram").into_iter().flat_map(Parsed::items).filter_map(|pair| {
                    let mut pair = pair.items().map(Parsed::number);
                    Some((pair.next()??, pair.next()??))
                });
                let failed = or("errors", "call_errors").saturating_add(or("panics", "call_panics"));
                row.add_aggregate(or("calls", "call_count"), failed, &histogram.collect::<Vec<_>>());
            }
            _ => row.shown.count += 1,
        }
    }

    fn section(self, requests: usize, unread: usize) -> Section {
        let all = self.seen.len();
        let mut says = format!(
            "Of the {} that are still on this disk: {} in the spool, delivered or not, and {} more in the record of what was sent. ",
            events_of(all),
            page::count(self.in_spool as u64),
            page::count((all - self.in_spool) as u64)
        );
        says.push_str("Both are bounded, so older ones are in the books above and not here. Each event counts once. Percentiles are exact over what was measured (the nearest rank); those with ≈ come from a histogram and are right within a fifth.");
        if unread > 0 {
            let _ = write!(
                says,
                " Of {} of the {} requests below this page knows no events: they are in a format that does not name them as `event`.",
                page::count(unread as u64),
                page::count(requests as u64)
            );
        }
        if all == 0 {
            says = String::from("No events are on this disk.");
        }
        let rows = self.rows.into_values().map(|Row { shown, samples, .. }| {
            let is_about = shown.kind == "aggregate";
            EventRow { durations: Durations::of(samples, is_about), ..shown }
        });
        Section::new(
            "events",
            "What was recorded",
            says,
            if all == 0 { Vec::new() } else { vec![Part::Events(rows.collect())] },
        )
    }
}

const KINDS: [&str; 9] =
    ["start", "finish", "loss", "panic", "usage_error", "aggregate", "snapshot", "usage_report", "error"];

impl Row {
    fn add_finish(&mut self, outcome: &str, nanos: Option<u64>) {
        let EventRow { count, errors, outcomes, .. } = &mut self.shown;
        *count += 1;
        *errors = errors.map(|errors| errors + u64::from(matches!(outcome, "error" | "panicked")));
        // In the order of the words, of which there are a few.
        let at = outcomes.iter().take_while(|(word, _)| word.as_str() < outcome).count();
        match outcomes.get_mut(at).filter(|(word, _)| word == outcome) {
            Some((_, count)) => *count += 1,
            None => outcomes.insert(at, (outcome.to_owned(), 1)),
        }
        self.samples.extend(nanos.map(|nanos| (nanos, 1)));
    }

    fn add_aggregate(&mut self, calls: u64, failed: u64, histogram: &[(u64, u64)]) {
        self.shown.count = self.shown.count.saturating_add(calls);
        self.shown.errors = self.shown.errors.map(|errors| errors.saturating_add(failed));
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the bounds are rounded themselves"
        )]
        let middle = |bound: u64| (bound as f64 / std::f64::consts::SQRT_2.sqrt()) as u64;
        self.samples.extend(histogram.iter().map(|(bound, calls)| (middle(*bound), *calls)));
    }
}

fn events_of(count: usize) -> String {
    format!("{} event{}", page::count(count as u64), if count == 1 { "" } else { "s" })
}

fn section_of_waiting(tally: &Tally, waiting: &[Event]) -> Section {
    let rows = tally.rows.values().filter(|row| row.waiting > 0).map(|row| {
        let oldest = row.oldest.map_or_else(String::new, |time| rfc3339(time).to_string());
        vec![row.shown.name.clone(), row.shown.kind.clone(), page::count(row.waiting), oldest]
    });
    let table = Table::new("By event", &["Event", "Kind", "Waiting#", "The oldest#"], rows.collect());
    let mut says = match waiting.len() {
        0 => "Nothing waits.".to_owned(),
        count => format!("{} in the spool that a receiver is owed still.", events_of(count)),
    };
    if waiting.len() > SHOWN {
        let _ = write!(says, " The last {SHOWN} of them can be opened.");
    }
    let time = |event: &Event| event.time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, nanos);
    let order = page::ranked(waiting.iter().map(time));
    let entries: Vec<_> = order.filter_map(|at| waiting.get(at)).take(SHOWN).map(entry_of).collect();
    let parts = if entries.is_empty() { Vec::new() } else { vec![Part::Table(table), Part::Entries(entries, OPEN)] };
    Section::new("waiting", "What waits", says, parts)
}

/// An event that waits, with the fields that its author named.
fn entry_of(event: &Event) -> page::Entry {
    let mut body = String::new();
    for (name, value) in &event.fields {
        let _ = writeln!(body, "{name} = {value}");
    }
    let mut said = String::new();
    if let EventKind::Finish { outcome, duration, error, .. } = &event.kind {
        said = outcome.to_string();
        if let Some(duration) = duration {
            let _ = write!(said, ", {}", page::span(nanos(*duration)));
        }
        if let Some(error) = error {
            let _ = writeln!(body, "error = {error}");
        }
    } else if let Some(fault) = event.kind.fault() {
        if let Some(place) = fault.place {
            said = format!("{}:{}:{}", place.file, place.line, place.column);
        }
        if let Some(text) = fault.text {
            let _ = writeln!(body, "text = {text}");
        }
    }
    let what = format!("{} · {}", event.name, json::kind(&event.kind));
    page::Entry { time: rfc3339(event.time).to_string(), what, said, body, ..page::Entry::default() }
}

/// A request, what was answered to a request that is gone, or a line that is neither.
struct Sent {
    time: String,
    request: String,
    what: String,
    said: String,
    /// When that was said.
    note: String,
    body: String,
    is_request: bool,
}

/// What a ledger holds, the oldest first, each request with its answer.
fn requests(state: &State, sent: &mut Vec<Sent>) -> io::Result<()> {
    kept::read_ledger(state, |line, known| {
        let one = |time, request, what| Sent {
            time,
            request,
            what,
            said: String::new(),
            note: String::new(),
            body: String::new(),
            is_request: false,
        };
        match known {
            Some(Line { time, request, sink, said: Said::Sent { url, body, .. } }) => {
                let what = format!("{sink}: POST {url}");
                sent.push(Sent { body, is_request: true, ..one(time, request, what) });
            }
            Some(Line { time, request, sink, said: Said::Answered(answer) }) => {
                match sent.iter_mut().rev().find(|sent| sent.request == request) {
                    Some(sent) => (sent.said, sent.note) = (answer, time),
                    None => sent.push(Sent { said: answer, ..one(time, request, sink) }),
                }
            }
            None => sent.push(Sent {
                body: line.to_owned(),
                ..one(String::new(), String::new(), "a line that is torn, or of another version".into())
            }),
        }
        Ok(())
    })
}

fn section_of_requests(sent: Vec<Sent>) -> Section {
    let bytes: usize = sent.iter().map(|sent| sent.body.len()).sum();
    let requests = sent.iter().filter(|sent| sent.is_request).count();
    let entry = |sent: Sent| {
        let said = match (sent.said.is_empty(), sent.is_request) {
            (true, true) => "no answer is noted".to_owned(),
            _ => sent.said,
        };
        let what =
            if sent.is_request { format!("{}, {}", sent.what, page::bytes(sent.body.len() as u64)) } else { sent.what };
        page::Entry { time: sent.time, what, said, note: sent.note, body: sent.body, ..page::Entry::default() }
    };
    let says = if sent.is_empty() {
        "Nothing was sent.".to_owned()
    } else {
        format!(
            "{} request{} with {} of bodies, the last one first: each as it was sent, byte for byte before compression, and what was answered. The record of it is bounded, and older ones are gone from it.",
            page::count(requests as u64),
            if requests == 1 { "" } else { "s" },
            page::bytes(bytes as u64)
        )
    };
    let parts = if sent.is_empty() {
        Vec::new()
    } else {
        vec![Part::Entries(sent.into_iter().rev().map(entry).collect(), OPEN)]
    };
    Section::new("sent", "What was sent", says, parts)
}

/// When a page is written.
pub(crate) fn written_on() -> String {
    format!("on `{}` ", humantime::format_rfc3339_seconds(clock::now()))
}

/// Writes a page for its owner alone, into this file or into the state folder, and says where it is. What is there and is no page is left alone.
///
/// # Errors
///
/// It cannot be written, or something else is in its place; the error names the file.
pub(crate) fn write(state: &State, file: Option<&Path>, html: &str) -> io::Result<PathBuf> {
    let path = match (file, state.folder()) {
        (Some(file), _) => std::path::absolute(file)?,
        (None, Some(folder)) => folder.join(kept::PAGE),
        (None, None) => {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "there is no folder for this program's state: say which file",
            ));
        }
    };
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    if file.is_none()
        && let Some(folder) = state.folder()
    {
        create_private_folder(folder).map_err(named)?;
    }
    replace(&path, html).map_err(named)?;
    Ok(path)
}

fn replace(path: &Path, html: &str) -> io::Result<()> {
    if os::largest_file().is_some_and(|largest| html.len() as u64 > largest) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let is_there = match path.symlink_metadata() {
        Ok(there) if there.is_file() && begins_with(path, page::MARK) => true,
        Ok(_) => {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "something else is in its place, and is left alone",
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let place = if is_there { beside.as_path() } else { path };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut new = options.open(place)?;
    let written =
        new.write_all(html.as_bytes()).and_then(|()| if is_there { std::fs::rename(place, path) } else { Ok(()) });
    if written.is_err() {
        // Half of a page is none.
        drop(std::fs::remove_file(place));
    }
    written
}

fn begins_with(path: &Path, mark: &str) -> bool {
    let mut begin = vec![0; mark.len()];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == mark.as_bytes()
}
