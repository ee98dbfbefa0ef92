//! A receiver in a process of its own, and requests to it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use serde_json::{Value, json};

/// A receiver that is killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    errors: Option<ChildStderr>,
    pub(crate) url: String,
}

/// The program, with words.
pub(crate) fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_telemetry-receiver"));
    command.args(args).env_remove("TELEMETRY_RECEIVER_IP_SALT").stdin(Stdio::null());
    command
}

pub(crate) fn run(args: &[&str]) -> Output {
    program(args).output().unwrap()
}

impl Program {
    /// Starts `serve`, which says where it listens once it does.
    pub(crate) fn serve(args: &[&str]) -> Self {
        let mut command = program(&["serve"]);
        let mut child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut errors = child.stderr.take();
        if line.is_empty() {
            let mut said = String::new();
            errors.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("it does not start: {said}");
        }
        Self { child, errors, url: line.trim().to_owned() }
    }

    /// With its store.
    pub(crate) fn storing(store: &Path, args: &[&str]) -> Self {
        Self::serve(&[&["--store", store.to_str().unwrap()], args].concat())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        post(&format!("{}{path}", self.url), "application/json", None, body.to_string().as_bytes())
    }

    pub(crate) fn terminate(&self) {
        let killed = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end, and returns what it said on standard error.
    pub(crate) fn ends_well(mut self) -> String {
        let mut said = String::new();
        self.errors.take().unwrap().read_to_string(&mut said).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {said}");
        said
    }

    pub(crate) fn stop(self) -> String {
        self.terminate();
        self.ends_well()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

pub(crate) fn post(url: &str, media_type: &str, encoding: Option<&str>, body: &[u8]) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let mut request = agent.post(url).header("content-type", media_type);
    if let Some(encoding) = encoding {
        request = request.header("content-encoding", encoding);
    }
    let mut response = request.send(body).unwrap();
    let media_type = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    let body = response.body_mut().read_to_vec().unwrap();
    Answer { status: response.status().as_u16(), media_type: media_type.unwrap_or_default(), body }
}

/// An id that no other event of this test run has.
pub(crate) fn id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("01927d3e-0a5b-7c1d-8e2f-{:012x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) const INSTALL: &str = "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10";

/// A finish event that took so many nanoseconds.
pub(crate) fn finish(outcome: &str, duration: u64) -> Value {
    json!({
        "id": id(), "time": "2026-11-20T23:23:36.900001Z", "event": "Sync Finished", "kind": "finish", "app": "demo",
        "version": "0.1.0", "install_id": INSTALL, "install_id_kind": "lasting", "invocation_id": "run-1",
        "call_id": "8a2b6c1d9e0f4a53", "outcome": outcome, "is_error": outcome != "ok", "duration_ns": duration,
        "fields": {"rows": 42},
    })
}

pub(crate) fn batch(events: &[Value]) -> Value {
    json!({"sent_at": "2026-11-20T23:23:37.123456Z", "events": events})
}

/// Asks a store.
pub(crate) fn ask(store: &Path, sql: &str) -> Vec<String> {
    let connection = Connection::open(store).unwrap();
    let mut asked = connection.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| {
        let value: rusqlite::types::Value = row.get(0)?;
        Ok(match value {
            rusqlite::types::Value::Null => "null".into(),
            rusqlite::types::Value::Integer(value) => value.to_string(),
            rusqlite::types::Value::Real(value) => value.to_string(),
            rusqlite::types::Value::Text(value) => value,
            rusqlite::types::Value::Blob(value) => format!("{value:x?}"),
        })
    };
    asked.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
}

pub(crate) fn count(store: &Path, table: &str) -> String {
    ask(store, &format!("SELECT count(*) FROM {table}")).remove(0)
}

/// What `report --json` says.
pub(crate) fn report(store: &Path, args: &[&str]) -> Value {
    let output = run(&[&["report", "--json", "--store", store.to_str().unwrap()], args].concat());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
