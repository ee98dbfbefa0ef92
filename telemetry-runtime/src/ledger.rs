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
//! The body stands there as it was sent, before compression; one that is no text as its format says it in words. When the file has grown, it becomes `ledger.old`, and the one that was
//! that is gone.

use std::path::{Path, PathBuf};

use crate::clock;
use crate::files::{is_no_pipe, is_still_at, open_private};
use crate::json::Writer;
use crate::limits;
use crate::os;
use crate::value::{Id, rfc3339};

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
    pub(crate) fn request(&self, sink: &str, url: &str, body: &[u8]) -> Id {
        let request = clock::event_id(clock::now());
        self.note(true, |line| {
            line.member("request").text(request);
            line.member("sink").text(sink);
            line.member("url").text(url);
            match std::str::from_utf8(body).ok().filter(|text| text.starts_with(['{', '[']) && !text.contains('\n')) {
                Some(json) => line.member("body").plain(json),
                None => line.member("body").text(String::from_utf8_lossy(body)),
            }
        });
        request
    }

    /// Notes what was answered to a request.
    pub(crate) fn answer(&self, request: Id, said: &str) {
        // Without the request, because the user has had everything deleted meanwhile, the answer says nothing.
        self.note(false, |line| {
            line.member("request").text(request);
            line.member("answer").text(said);
        });
    }

    fn note(&self, creates: bool, write: impl FnOnce(&mut crate::json::Members<'_>)) {
        let Some(path) = self.path.as_ref().filter(|path| creates || path.exists()) else { return };
        let mut line = String::new();
        Writer::new(&mut line).object(|members| {
            members.member("time").text(rfc3339(clock::now()));
            write(members);
        });
        line.push('\n');
        // Without it, delivery is as good.
        drop(append(path, line.as_bytes()));
    }
}

fn append(path: &Path, line: &[u8]) -> std::io::Result<()> {
    if !is_no_pipe(path) {
        return Ok(());
    }
    let mut file = open_private(path, true)?;
    let _kept = os::KeptFromChildren::new(&file);
    let bytes = file.metadata()?.len();
    if os::largest_file().is_some_and(|largest| bytes + line.len() as u64 > largest) {
        return Ok(());
    }
    // One call for a line, so that those of two processes do not mix.
    std::io::Write::write_all(&mut file, line)?;
    // Locked, so that of two processes one moves it.
    if bytes > limits::LEDGER_BYTES && file.try_lock().is_ok() && is_still_at(&file.metadata()?, path) {
        std::fs::rename(path, path.with_extension("old"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_there_with_its_answer_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(Some(folder.path()));
        let body = br#"{"events":[{"rows":1.50}]}"#;
        let request = ledger.request("json", "https://example.org/", body);
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
            ledger.request("json", "", body.as_bytes());
        }
        let size = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
        let most = limits::LEDGER_BYTES + 200 * 1024;
        assert!(size("ledger") < most && size("ledger.old") < most && size("ledger.old") > limits::LEDGER_BYTES);
    }
}
