//! Where bytes leave the process: HTTP, a file, standard error. Used by the worker alone.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use once_cell::unsync::OnceCell;

use crate::limits;
use crate::retry::{self, Answer, Verdict};

/// A client for HTTP requests, built at the first one: not at start, and not for a program that records nothing.
#[derive(Debug, Default)]
pub(crate) struct Http {
    agent: OnceCell<ureq::Agent>,
}

impl Http {
    /// Posts a JSON body and says what the answer means. No answer means later.
    pub(crate) fn post(&self, url: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
        let mut request = self.agent.get_or_init(agent).post(url).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        match request.send(body) {
            Ok(mut answer) => {
                let retry_after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
                let verdict = retry::verdict(answer.status().as_u16(), retry_after);
                // Read to its end, the connection can be used again. What it says is nobody's business here.
                let said = format!("answered {}", answer.status().as_u16());
                drop(answer.body_mut().with_config().limit(limits::ANSWER_BYTES).read_to_vec());
                Answer { verdict, said }
            }
            Err(error) => Answer { verdict: Verdict::Later(None), said: format!("no answer: {error}") },
        }
    }
}

fn agent() -> ureq::Agent {
    // The proxy is taken from the environment (`HTTPS_PROXY`, `NO_PROXY` …), which is ureq's default.
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(limits::CONNECT_TIMEOUT))
        .timeout_global(Some(limits::REQUEST_TIMEOUT))
        .timeout_recv_body(Some(limits::ANSWER_TIMEOUT))
        .user_agent(concat!("telemetry-runtime/", env!("CARGO_PKG_VERSION")));
    config.build().new_agent()
}

/// Appends to a file that only its owner can read, creating it if need be.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// Writes to standard error: for a sink that the program's author asked to print.
pub(crate) fn print(bytes: &[u8]) -> io::Result<()> {
    io::stderr().lock().write_all(bytes)
}
