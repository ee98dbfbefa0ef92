//! What the programs in `fuzz` put bytes into. Only there with `--cfg fuzzing`, for nobody else, and with whatever names suit them.
#![allow(missing_docs, clippy::missing_panics_doc, reason = "for the fuzzer, to which a panic is a find")]

use std::net::TcpListener;
use std::path::Path;

use crate::clock;
use crate::codec::{self, Found};
use crate::endpoint::Endpoint;
use crate::format;
use crate::limits;
use crate::pauses::Pauses;
use crate::reader::Reader;
use crate::retry;
use crate::spool::Segment;
use crate::transport::Http;

/// Has every record of some bytes say the right checksum, so that what it says gets read.
pub fn mend(bytes: &mut [u8]) {
    codec::mend(bytes);
}

/// What the codec makes of some bytes: it gets to their end, and never beyond.
pub fn records(bytes: &[u8]) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let step = match codec::read(rest) {
            Found::Record(_, length) | Found::Damaged(length) => length,
            Found::Partial => codec::next_magic(rest),
        };
        assert!((1..=rest.len()).contains(&step), "{step} of {}", rest.len());
        rest = &rest[step..];
    }
}

/// What a run makes of a segment that a dead process left, in a folder that is there for it.
pub fn segment(folder: &Path, bytes: &[u8]) {
    let path = folder.join("segment-00");
    std::fs::write(&path, bytes).expect("a file");
    let Some(segment) = Segment::left_behind(folder).next() else { return };
    let Ok(mut reader) = Reader::of_dead(segment) else { return };
    let (end, mut at) = (reader.end(), 0);
    let mut owed = 0;
    loop {
        let chunk = reader.chunk(at, 100).expect("it can be read");
        owed += chunk.events.len();
        let entry = |event| format::Entry::new(event, reader.run(event.invocation).map(AsRef::as_ref));
        let entries: Vec<_> = chunk.events.iter().map(entry).collect();
        let batch = format::Batch::new(&entries, clock::now(), "");
        assert!(entries.is_empty() || format::Format::request(&format::Json, &batch).is_some());
        assert!(chunk.next >= at && chunk.ends.len() == chunk.events.len());
        if chunk.next == at {
            break;
        }
        at = chunk.next;
    }
    assert!(at >= end.min(reader.end()), "read to {at} of {end}");
    // Delivered and said to be, it is owed to nobody, whoever looks.
    reader.acknowledge("json", at);
    drop(reader.settle(at));
    drop(reader);
    let Some(segment) = Segment::left_behind(folder).next() else { return };
    let mut again = Reader::of_dead(segment).expect("it could be read before");
    let mut at = again.position("json");
    loop {
        let chunk = again.chunk(at, 100).expect("it can be read");
        assert!(chunk.events.is_empty(), "{} of {owed} events came back", chunk.events.len());
        if chunk.next == at {
            return;
        }
        at = chunk.next;
    }
}

/// What runs make of the file that says when sinks may be asked, in a folder that is there for it.
pub fn pauses(folder: &Path, bytes: &[u8]) {
    std::fs::write(folder.join("pauses"), bytes).expect("a file");
    let pauses = Pauses::new(Some(folder));
    let mut pause = pauses.of("json");
    if pause.is_over() && pause.claim(&pauses, "json") {
        pause.failed(None, &pauses, "json");
        assert!(!pauses.of("json").is_over(), "what was learned is remembered");
    } else if let Some(ends) = pause.ends_after(clock::tick()) {
        let left = ends.saturating_duration_since(clock::tick());
        assert!(left <= limits::LONGEST_RETRY_AFTER, "{left:?}");
    }
    if pauses.claim_catch_up() {
        assert!(!pauses.claim_catch_up(), "once a day");
    }
    assert!(std::fs::metadata(folder.join("pauses")).expect("a file").len() < 256 * 1024);
}

/// What is read out of a receiver's headers.
pub fn retry_after(value: &str, date: Option<&str>) {
    let asked = retry::retry_after(value, date);
    assert!(asked.is_none_or(|asked| asked <= limits::LONGEST_RETRY_AFTER));
}

/// Those that look into answers.
fn formats() -> [Box<dyn format::Format>; 2] {
    [Box::new(format::Otlp::default()), Box::new(format::Sentry::new("https://key@sentry.example.org/1").0)]
}

/// What becomes of a request that a server answers with these bytes, and nothing more.
pub fn answer(listener: &TcpListener, bytes: &[u8]) {
    use std::io::{Read as _, Write as _};
    let url = format!("http://{}/", listener.local_addr().expect("it listens"));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut request = Vec::new();
            let mut part = [0; 1024];
            while !request.ends_with(b"\r\n\r\n{}") {
                match stream.read(&mut part) {
                    Ok(count) if count > 0 => request.extend_from_slice(&part[..count]),
                    _ => return,
                }
            }
            drop(stream.write_all(bytes));
        });
        let request = format::Request::new("application/json", "{}");
        if let Ok(response) = Http::default().post(&Endpoint::new(url.clone()), &url, &request) {
            for format in formats() {
                let _ = (format.verdict(&response.answer()), format.pauses(&response.answer()));
            }
        }
    });
}
