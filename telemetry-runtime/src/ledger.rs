//! What was really sent: a local copy of the last requests, byte for byte, and what was answered.
//!
//! A file of JSON lines beside the spool, for its owner alone. A request is in it before the first byte of it leaves, so nothing
//! is sent that is not there; the answer follows in a line of its own:
//!
//! ```text
//! {"time":"…","request":"<id>","sink":"json","url":"https://…","body":{…}}
//! {"time":"…","request":"<id>","answer":"answered 200"}
//! ```
//!
//! The body stands there as it was sent, before compression; one that is no text as its format says it in words. A file that would become larger than 1 MiB becomes
//! `ledger.old`, and the one that was that is gone.

use std::fs::File;
use std::io::{self, IoSlice, Write as _};
use std::path::{Path, PathBuf};

use crate::clock;
use crate::files::{is_no_pipe, is_still_at, open_private};
use crate::format::Request;
use crate::json::Writer;
use crate::limits;
use crate::os;
use crate::value::Id;

#[derive(Debug)]
pub(crate) struct Ledger {
    path: Option<PathBuf>,
}

impl Ledger {
    /// That of a spool's folder; none where there is no folder.
    pub(crate) fn new(spool: Option<&Path>) -> Self {
        Self { path: spool.map(|folder| folder.join("ledger")) }
    }

    /// Notes a request that is about to be sent; what is returned names it. What cannot be noted is sent all the same: where
    /// nothing can be written, there is no ledger.
    pub(crate) fn request(&self, sink: &str, url: &str, made: &Request) -> Id {
        let request = clock::event_id(clock::now());
        let Some(path) = &self.path else { return request };
        let mut line = line_of(request);
        line.member("sink", |to| to.str(sink));
        line.member("url", |to| to.str(url));
        let body = made.shown();
        // A body may be large, and is not copied.
        let (before, body) = if made.is_one_line() {
            (line.before("body"), body)
        } else {
            line.member("body", |to| to.text(String::from_utf8_lossy(body)));
            (line.0, &[][..])
        };
        // Without it, delivery is as good.
        drop(append(path, [before.as_bytes(), body, b"}\n"]));
        request
    }

    /// Notes what was answered to a request.
    pub(crate) fn answer(&self, request: Id, said: &str) {
        // Without the request, because the user has had everything deleted meanwhile, the answer says nothing.
        let Some(path) = self.path.as_ref().filter(|path| path.exists()) else { return };
        let mut line = line_of(request);
        line.member("answer", |to| to.str(said));
        drop(append(path, [line.0.as_bytes(), &[], b"}\n"]));
    }
}

/// A line that is not finished: an object's beginning.
struct Line(String);

fn line_of(request: Id) -> Line {
    let mut line = Line("{\"time\":".into());
    Writer::new(&mut line.0).time(clock::now());
    line.member("request", |to| to.id(request));
    line
}

impl Line {
    fn member(&mut self, name: &str, write: impl FnOnce(Writer<'_>)) {
        self.0.extend([",\"", name, "\":"]);
        write(Writer::new(&mut self.0));
    }

    /// The line up to where a member's value is to stand.
    fn before(mut self, name: &str) -> String {
        self.0.extend([",\"", name, "\":"]);
        self.0
    }
}

fn append(path: &Path, line: [&[u8]; 3]) -> io::Result<()> {
    if !is_no_pipe(path) {
        return Ok(());
    }
    let length: usize = line.iter().map(|part| part.len()).sum();
    let file = open(path, length as u64)?;
    let _kept = os::KeptFromChildren::new(&file);
    if os::largest_file()
        .is_some_and(|largest| file.metadata().is_ok_and(|there| there.len() + length as u64 > largest))
    {
        return Ok(());
    }
    // One call for a line, so that those of two processes do not mix.
    let mut written = (&file).write_vectored(&line.map(IoSlice::new))?;
    // Where the system took less, the rest follows.
    for part in line {
        let (taken, rest) = part.split_at(written.min(part.len()));
        written -= taken.len();
        (&file).write_all(rest)?;
    }
    Ok(())
}

/// The ledger; one that would have grown too large with this line is the one before it from now on.
fn open(path: &Path, length: u64) -> io::Result<File> {
    let file = open_private(path, true)?;
    let there = file.metadata()?;
    let is_full = there.len() > 0 && there.len() + length > limits::LEDGER_BYTES;
    // Locked, so that of two processes one moves it.
    if !is_full || file.try_lock().is_err() || !is_still_at(&there, path) {
        return Ok(file);
    }
    std::fs::rename(path, path.with_extension("old"))?;
    open_private(path, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_there_with_its_answer_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(Some(folder.path()));
        let body = br#"{"events":[{"rows":1.50}]}"#;
        let request = ledger.request("json", "https://example.org/", &Request::new("application/json", body));
        ledger.answer(request, "answered 200");
        let text = std::fs::read_to_string(folder.path().join("ledger")).unwrap();
        let [sent, answered] = text.lines().collect::<Vec<_>>().try_into().unwrap();
        assert!(sent.ends_with(&format!(r#","body":{}}}"#, std::str::from_utf8(body).unwrap())), "{sent}");
        let [sent, answered] = [sent, answered].map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        assert_eq!(sent["request"], answered["request"]);
        assert_eq!(answered["answer"], "answered 200");
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(Some(folder.path()));
        let body = format!("[\"{}\"]", "x".repeat(100 * 1024));
        for _ in 0..100 {
            ledger.request("json", "", &Request::new("application/json", body.as_str()));
        }
        let size = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
        let sizes = ["ledger", "ledger.old"].map(size);
        assert!(
            sizes.iter().all(|size| *size <= limits::LEDGER_BYTES) && sizes[1] > limits::LEDGER_BYTES / 2,
            "{sizes:?}"
        );
    }

    /// What is sent is there, however large it is.
    #[test]
    fn a_request_that_is_larger_than_a_ledger_has_one_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(Some(folder.path()));
        let bytes = usize::try_from(limits::LEDGER_BYTES).unwrap();
        let body = format!("[\"{}\"]", "x".repeat(bytes));
        let request = || ledger.request("json", "", &Request::new("application/json", body.as_str()));
        let [_, second, third] = [request(), request(), request()];
        let lines = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        for (name, id) in [("ledger.old", second), ("ledger", third)] {
            let lines = lines(name);
            assert!(lines.lines().count() == 1 && lines.contains(&id.to_string()) && lines.contains(&body), "{name}");
        }
    }
}
