//! How many bytes an event is, in each format and on disk: measured on what a receiver gets.

use std::io::{self, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use telemetry_runtime::sink::{self, Kinds, Signal};
use telemetry_runtime::{Builder, Telemetry, app, record, tracked};

use crate::http::Message;
use crate::lane::forked;
use crate::servers::{Shared, serve};
use crate::this;

/// How many events there are to a batch.
const BATCHES: [u64; 4] = [1, 10, 100, 1000];
/// Where nobody listens.
const NOWHERE: &str = "127.0.0.1:1";

/// Formats by the word in the path that their requests are posted to.
const FORMATS: [(&str, &str); 5] = [
    ("/json", "plain JSON"),
    ("/v1/batch", "RudderStack"),
    ("/protobuf/", "OTLP logs, Protobuf"),
    ("/as-json/", "OTLP logs, JSON"),
    ("/api/", "Sentry, a panic each"),
];

/// What arrived: path, bytes of the request, and of its body.
type Arrived = Shared<Vec<(String, u64, u64)>>;

#[tracked(event = "Build Started")]
fn build(fails: bool) -> usize {
    record!(files = 12_u64, cached = true);
    assert!(!fails, "as it was told to");
    12
}

#[tracked(event = "Build Finished", emit = finish)]
fn only_finish() {
    record!(files = 12_u64, cached = true);
}

fn telemetry<'a>(folder: &Path, address: &str, is_compressed: bool, panics: bool) -> Builder<'a> {
    let url = |path: &str| format!("http://{address}/{path}");
    let builder = Telemetry::builder(app!("sizes")).state_dir(folder).lasting_install_id();
    if panics {
        let sentry =
            sink::Sentry::new(url("1").replacen("//", "//0123456789abcdef0123456789abcdef@", 1)).kinds(Kinds::ERRORS);
        return builder.sink(if is_compressed { sentry.gzip() } else { sentry });
    }
    let json = sink::Json::new(url("json"));
    let rudderstack = sink::RudderStack::new(url(""), "0123456789abcdefghijklmnopq");
    let logs = sink::Otlp::new(url("protobuf")).signals([Signal::Logs]).named("protobuf");
    let logs_json = sink::Otlp::new(url("as-json")).json().signals([Signal::Logs]).named("as-json");
    if is_compressed {
        builder.sink(json.gzip()).sink(rudderstack.gzip()).sink(logs.gzip()).sink(logs_json.gzip())
    } else {
        builder.sink(json).sink(rudderstack).sink(logs).sink(logs_json)
    }
}

/// A process with one thread: records runs of two events each, of one where there is to be one, or of a panic; or sends what waits.
pub fn as_part(folder: &Path, address: &str, how: &str, events: u64) -> io::Result<bool> {
    let (is_compressed, panics) = (how.contains("gzip"), how.contains("panics"));
    if events == 0 {
        return Ok(telemetry(folder, address, is_compressed, panics).start().flush(Duration::from_secs(30)).is_ok());
    }
    let runs = if panics { events } else { events.div_ceil(2) };
    for _ in 0..runs {
        forked(|| {
            let _telemetry = telemetry(folder, address, is_compressed, panics).start();
            if events == 1 && !panics {
                only_finish();
            } else {
                build(panics);
            }
            0
        })?;
    }
    Ok(true)
}

/// Prints the table.
pub fn measure(folder: &Path) -> io::Result<()> {
    let arrived = Arrived::default();
    let address = receiver(arrived.clone())?;
    let mut rows = FORMATS.map(|(_, name)| vec![name.to_owned()]);
    let mut spooled = vec!["on disk, in the spool".to_owned()];
    for (at, events) in BATCHES.into_iter().enumerate() {
        for how in ["stats", "stats-gzip", "panics", "panics-gzip"] {
            let home = folder.join(format!("{how}-{events}"));
            let part = |address: &str, events: u64| {
                let mut part = this(folder)?;
                part.arg("part").arg(&home).args([address, how, &events.to_string()]).status()
            };
            let is_done = |status: ExitStatus| if status.success() { Ok(()) } else { Err(io::Error::other(how)) };
            is_done(part(NOWHERE, events)?)?;
            if how == "stats" {
                spooled.extend([per(bytes_of_segments(&home)?, events), String::new()]);
            }
            is_done(part(&address.to_string(), 0)?)?;
            for ((path, _), row) in FORMATS.iter().zip(&mut rows) {
                let arrived = arrived.lock();
                let own: Vec<_> = arrived.iter().filter(|(asked, ..)| asked.contains(path)).collect();
                if !own.is_empty() {
                    let requests = if own.len() > 1 { format!(" ({} requests)", own.len()) } else { String::new() };
                    let body = own.iter().map(|(_, _, body)| body).sum();
                    row.push(format!("{}{requests}", per(body, events)));
                    if at == 0 {
                        let heads: u64 = own.iter().map(|(_, whole, body)| whole - body).sum();
                        println!("headers of {}: {heads} bytes", row[0]);
                    }
                }
            }
            arrived.lock().clear();
        }
    }
    println!(
        "\n| Bytes an event, in a batch of | 1 | 1, gzip | 10 | 10, gzip | 100 | 100, gzip | 1000 | 1000, gzip |\n|---|---|---|---|---|---|---|---|---|"
    );
    for row in rows.iter().chain([&spooled]) {
        println!("| {} |", row.join(" | "));
    }
    Ok(())
}

fn per(bytes: u64, events: u64) -> String {
    bytes.div_ceil(events).to_string()
}

fn bytes_of_segments(home: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(home.join("spool-1"))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("segment") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// Takes everything, and notes how large it was.
fn receiver(arrived: Arrived) -> io::Result<SocketAddr> {
    serve(move |client| {
        let mut asked = BufReader::new(client);
        while let Some(request) = Message::read(&mut asked)? {
            let path = request.head.split(' ').nth(1).unwrap_or_default().to_owned();
            arrived.lock().push((path, request.bytes(), request.body.len() as u64));
            asked.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
        }
        Ok(())
    })
}
