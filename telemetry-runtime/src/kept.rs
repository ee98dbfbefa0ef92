//! What a program's state folder holds: looked at, told, and deleted on the user's word.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::clock;
use crate::engine;
use crate::files::{create_private_folder, is_no_pipe, open_private};
use crate::format::Track;
use crate::json;
use crate::loss::Counts;
use crate::once_file;
use crate::sink::Sink;
use crate::spool;
use crate::state::State;
use crate::totals::{self, Totals};

/// Who is to be asked again for a deletion: a sink's name and an id a line.
const TO_DELETE: &str = "to-delete";
/// The page that users have made of all of it, unless they say where to.
pub(crate) const PAGE: &str = "telemetry.html";
/// What lies beside the segments.
const BESIDE: [&str; 7] = ["ledger", "ledger.old", "pauses", "sender", totals::FILE, "totals.lock", "totals.new"];

/// What waits on these tracks; where none is named, on any by which something went from the same segment. Takes no lock, so what a
/// process is writing right now may be missed. Events, and bytes.
pub(crate) fn waiting(state: &State, tracks: &[Track]) -> (u64, u64) {
    let Some(folder) = state.folder().map(spool::folder_in) else { return (0, 0) };
    let mut waiting = (0, 0);
    for (_, bytes) in spool::contents(&folder) {
        let events = totals::read(&bytes, tracks).waiting;
        waiting.0 += events;
        // What was delivered lies there until the slot is used again.
        waiting.1 += if events > 0 { bytes.len() as u64 } else { 0 };
    }
    waiting
}

/// What became of all events that were on this disk since it was last deleted, if any was.
pub(crate) fn totals(state: &State, tracks: &[Track]) -> Option<Counts> {
    let folder = state.folder().map(spool::folder_in).filter(|folder| folder.is_dir())?;
    let Totals { recorded, delivered, rejected, pending, lost } = totals::of_all_runs(&folder, tracks);
    Some(Counts { recorded, delivered, rejected, passed: 0, pending, recovered: 0, lost })
}

/// What is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purge {
    /// Events that wait, the ledger and the install id.
    All,
    /// Events that wait, and the install id.
    Reset,
}

/// Deletes what is kept, and has this process stop; says how many files could not be removed. Running processes see it by the
/// settings, which are to be written before.
pub(crate) fn purge(state: &State, what: Purge) -> usize {
    if let Some(engine) = engine::of_this_process() {
        engine.purge();
        engine.spool.discard();
    }
    let Some(folder) = state.folder() else { return 0 };
    let spool = spool::folder_in(folder);
    let mut left = spool::remove_all(&spool);
    let mut remove = |path: &Path| {
        let gone = std::fs::remove_file(path);
        left += usize::from(
            gone.is_err_and(|error| !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)),
        );
    };
    if what == Purge::All {
        for name in BESIDE {
            remove(&spool.join(name));
        }
    }
    // Also by a build that makes none.
    let page = folder.join(PAGE);
    if page.symlink_metadata().is_ok_and(|there| there.is_file()) {
        remove(&page);
    }
    // What is no id in its place is somebody's, or says that there is to be none.
    let ids = [state.install_id(), Some(folder.join(once_file::SALT))];
    ids.into_iter().flatten().filter(|path| once_file::read(path).is_some()).for_each(|path| remove(&path));
    // Only if nothing is in it.
    drop(std::fs::remove_dir(spool));
    left
}

/// The id of this installation, if it has one.
pub(crate) fn install_id(state: &State) -> Option<String> {
    once_file::read(&state.install_id()?).map(|id| id.to_string())
}

/// Who was asked for deletion, and what was answered: sink, id, answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deletions {
    pub(crate) agreed: Vec<[String; 3]>,
    pub(crate) failed: Vec<[String; 3]>,
}

/// Remembers that every sink that can is to be asked to delete what it has under this id.
pub(crate) fn note_deletions(state: &State, sinks: &[Sink], id: Option<&str>) -> io::Result<()> {
    let mut open = to_delete(state);
    for sink in sinks.iter().filter(|sink| sink.can_delete()) {
        let entry = id.map(|id| (sink.name().to_owned(), id.to_owned()));
        open.extend(entry.filter(|entry| !open.contains(entry)));
    }
    remember(state, &open)
}

/// Asks for every deletion that is remembered. What fails stays so.
pub(crate) fn delete(state: &State, sinks: &[Sink], timeout: Duration) -> io::Result<Deletions> {
    let until = clock::tick().checked_add(timeout).unwrap_or_else(|| clock::tick() + Duration::from_secs(1 << 32));
    let mut deletions = Deletions::default();
    let mut still_open = Vec::new();
    for (name, id) in to_delete(state) {
        let answer = match sinks.iter().find(|sink| sink.name() == name && sink.can_delete()) {
            None => Err("this version of the program does not know how to ask it".to_owned()),
            Some(_) if clock::tick() >= until => Err("there was no time left to ask it".to_owned()),
            Some(sink) => in_time(sink, &id, until),
        };
        match answer {
            Ok(said) => deletions.agreed.push([name, id, said]),
            Err(said) => {
                deletions.failed.push([name.clone(), id.clone(), said]);
                still_open.push((name, id));
            }
        }
    }
    remember(state, &still_open)?;
    Ok(deletions)
}

/// What panics below is a failure like others.
fn in_time(sink: &Sink, id: &str, until: Instant) -> Result<String, String> {
    let ask = std::panic::AssertUnwindSafe(|| sink.delete(id, until));
    std::panic::catch_unwind(ask).unwrap_or_else(|_| Err("no answer: the sink panicked".into()))
}

fn to_delete(state: &State) -> Vec<(String, String)> {
    let path = state.folder().map(|folder| folder.join(TO_DELETE)).filter(|path| is_no_pipe(path));
    let text = path.and_then(|path| std::fs::read_to_string(path).ok());
    let entry = |line: &str| line.split_once('\t').map(|(id, sink)| (sink.to_owned(), id.to_owned()));
    text.unwrap_or_default().lines().filter_map(entry).collect()
}

fn remember(state: &State, open: &[(String, String)]) -> io::Result<()> {
    let Some(folder) = state.folder() else { return Ok(()) };
    let path = folder.join(TO_DELETE);
    if open.is_empty() {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let lines: Vec<_> = open.iter().map(|(sink, id)| format!("{id}\t{sink}\n")).collect();
    create_private_folder(folder)?;
    let mut file = open_private(&path, false)?;
    file.set_len(0)?;
    file.write_all(lines.concat().as_bytes())
}

/// Tells what the ledger holds, the oldest first: the time, the sink, where to, the body as it was sent, and what was answered.
pub(crate) fn replay(state: &State, to: &mut dyn Write) -> io::Result<bool> {
    let mut any = false;
    read_ledger(state, |line, known| {
        any = true;
        match known {
            Some(Entry { time, sink, said: Said::Sent { url, body, .. }, .. }) => {
                writeln!(to, "{time}  {sink}: POST {url}\n{body}")
            }
            Some(Entry { time, sink, said: Said::Answered(answer), .. }) => writeln!(to, "{time}  {sink}: {answer}"),
            // Torn, or of another version.
            None => writeln!(to, "{line}"),
        }
    })?;
    Ok(any)
}

/// What each sink last answered, and when, by its name.
pub(crate) fn last_answers(state: &State) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    // What cannot be read is not known.
    drop(read_ledger(state, |_, known| {
        if let Some(Entry { time, sink, said: Said::Answered(answer), .. }) = known {
            answers.insert(sink, format!("{answer}, {time}"));
        }
        Ok(())
    }));
    answers
}

/// What a line of the ledger says of a sink.
pub(crate) struct Entry {
    pub(crate) time: String,
    /// By what a request and its answer know each other.
    #[cfg_attr(not(feature = "page"), allow(dead_code, reason = "only a page puts them together"))]
    pub(crate) request: String,
    pub(crate) sink: String,
    pub(crate) said: Said,
}

/// Reads the ledger, the oldest line first.
pub(crate) fn read_ledger(
    state: &State,
    mut visit: impl FnMut(&str, Option<Entry>) -> io::Result<()>,
) -> io::Result<()> {
    let Some(folder) = state.folder().map(spool::folder_in) else { return Ok(()) };
    // Of requests that were not answered yet.
    let mut sinks = BTreeMap::new();
    for name in ["ledger.old", "ledger"] {
        let path = folder.join(name);
        if !is_no_pipe(&path) {
            continue;
        }
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
            Err(error) => return Err(error),
        };
        for line in String::from_utf8_lossy(&text).lines().filter(|line| !line.is_empty()) {
            let entry = Line::read(line).map(|Line { time, request, said }| {
                let sink = match &said {
                    Said::Sent { sink, .. } => {
                        sinks.insert(request.clone(), sink.clone());
                        sink.clone()
                    }
                    Said::Answered(_) => sinks.remove(&request).unwrap_or_else(|| request.clone()),
                };
                Entry { time, request, sink, said }
            });
            visit(line, entry)?;
        }
    }
    Ok(())
}

/// A line of the ledger.
#[derive(Debug, PartialEq)]
struct Line {
    time: String,
    request: String,
    said: Said,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Said {
    Sent { sink: String, url: String, body: String },
    Answered(String),
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let (time, rest) = json::text_behind(line, "{\"time\":")?;
        let (request, rest) = json::text_behind(rest, ",\"request\":")?;
        if let Some((answer, "}")) = json::text_behind(rest, ",\"answer\":") {
            return Some(Self { time, request, said: Said::Answered(answer) });
        }
        let (sink, rest) = json::text_behind(rest, ",\"sink\":")?;
        let (url, rest) = json::text_behind(rest, ",\"url\":")?;
        let body = match json::text_behind(rest, ",\"body\":") {
            Some((body, "}")) => body,
            _ => rest.strip_prefix(",\"body\":")?.strip_suffix('}')?.to_owned(),
        };
        Some(Self { time, request, said: Said::Sent { sink, url, body } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Request;
    use crate::ledger::Ledger;

    #[test]
    fn the_ledger_is_told_as_it_was_written() {
        let home = tempfile::tempdir().unwrap();
        let state = State::new(Some(home.path()), "demo");
        let spool = spool::folder_in(home.path());
        std::fs::create_dir(&spool).unwrap();
        let ledger = Ledger::new(Some(&spool));
        let request = ledger.request(
            "a \"sink\"\n",
            "https://example.org/",
            &Request::new("application/json", br#"{"events":["}"]}"#),
        );
        ledger.answer(request, "answered 200");
        ledger.request("other", "https://example.org/", &Request::new("text/plain", b"no\njson \""));
        let mut told = Vec::new();
        assert!(replay(&state, &mut told).unwrap());
        let told = String::from_utf8(told).unwrap();
        let lines: Vec<_> = told.lines().map(|line| line.split_once("Z  ").map_or(line, |(_, said)| said)).collect();
        let sent = "{\"events\":[\"}\"]}";
        let expected = [
            "a \"sink\"",
            ": POST https://example.org/",
            sent,
            "a \"sink\"",
            ": answered 200",
            "other: POST https://example.org/",
            "no",
            "json \"",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn no_line_makes_it_panic() {
        let line = r#"{"time":"2026","request":"0","sink":"a\u00e9\"","url":"b","body":{"x":1}}"#;
        let Said::Sent { sink, body, .. } = Line::read(line).unwrap().said else { panic!("a request") };
        assert_eq!((sink.as_str(), body.as_str()), ("aé\"", "{\"x\":1}"));
        // What is torn is told as far as it goes.
        (0..line.len()).filter(|end| line.is_char_boundary(*end)).for_each(|end| drop(Line::read(&line[..end])));
    }
}
