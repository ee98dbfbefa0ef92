//! What the command line asks an engine: HTTP/1.1 over plain TCP, as much of it as that takes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use telemetry_runtime::Version;
use uuid::Uuid;

/// An engine that answered.
pub(crate) struct Client {
    host: String,
    /// What it said of itself.
    pub(crate) uuid: Option<Uuid>,
    pub(crate) version: Option<Version>,
}

impl Client {
    /// Asks an engine who it is.
    pub(crate) fn connect(endpoint: &str) -> Result<Self> {
        let host = endpoint.strip_prefix("http://").context("the endpoint does not begin with http://")?;
        let mut client = Self { host: host.trim_end_matches('/').to_owned(), uuid: None, version: None };
        let said = client.ask("GET", "/v1/version", "")?;
        client.uuid = said["server_uuid"].as_str().and_then(|uuid| uuid.parse().ok());
        client.version = said["version"].as_str().and_then(|version| version.parse().ok());
        Ok(client)
    }

    /// Asks something of the metadata.
    pub(crate) fn metadata(&self, kind: &str, args: &Value) -> Result<Value> {
        self.ask("POST", "/v1/metadata", &json!({"type": kind, "args": args}).to_string())
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<Value> {
        let mut stream = TcpStream::connect(&self.host).with_context(|| format!("no engine at {}", self.host))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let (host, length) = (&self.host, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer without an end of its head")?;
        let body: Value = serde_json::from_str(body).context("an answer that is no JSON")?;
        if head.split(' ').nth(1) != Some("200") {
            bail!("the engine refused: {}", body["errors"][0]["message"]);
        }
        Ok(body)
    }
}
