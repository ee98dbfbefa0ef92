//! A receiver on loopback that answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use tiny_http::{Header, Response, Server};

/// A receiver that keeps what it accepts.
#[allow(missing_debug_implementations, reason = "the server has none")]
pub struct Receiver {
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    received: Mutex<Received>,
    changed: Condvar,
}

#[derive(Default)]
struct Received {
    requests: Vec<Request>,
    script: VecDeque<Reply>,
}

/// A request, and the status that it was answered with.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path that it was sent to.
    pub path: String,
    /// The answer's status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as it came.
    pub bytes: Vec<u8>,
    /// The body, if it is JSON.
    pub body: Value,
}

impl Request {
    /// The events in the body.
    #[must_use]
    pub fn events(&self) -> &[Value] {
        self.body["events"].as_array().map_or(&[], Vec::as_slice)
    }
}

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// With this status.
    Status(u16),
    /// With this status, and the time to stay away, in seconds.
    RetryAfter(u16, u64),
    /// With this status, and these headers.
    Headers(u16, &'static [(&'static str, &'static str)]),
    /// With 413 where there are more events than this.
    AtMost(usize),
    /// With 400 where a field of this name is among the events.
    Without(&'static str),
}

impl Reply {
    fn status(&self, body: &Value) -> u16 {
        let events = body["events"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        match self {
            Self::Status(status) | Self::RetryAfter(status, _) | Self::Headers(status, _) => *status,
            Self::AtMost(most) if events.len() > *most => 413,
            Self::Without(field) if events.iter().any(|event| event["fields"].get(*field).is_some()) => 400,
            Self::AtMost(_) | Self::Without(_) => 200,
        }
    }
}

impl Receiver {
    /// A receiver that accepts everything.
    #[must_use]
    pub fn start() -> Self {
        Self::scripted([])
    }

    /// A receiver that answers so, one reply a request, and the last for ever; with none it accepts everything.
    ///
    /// # Panics
    ///
    /// Where no port on loopback can be had.
    #[must_use]
    pub fn scripted(script: impl IntoIterator<Item = Reply>) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").expect("a port on loopback"));
        let state = Arc::new(State::default());
        state.lock().script.extend(script);
        let thread = std::thread::spawn({
            let (server, state) = (Arc::clone(&server), Arc::clone(&state));
            move || server.incoming_requests().for_each(|request| state.answer(request))
        });
        Self { server, thread: Some(thread), state }
    }

    /// Has it answer so from now on.
    pub fn answer(&self, script: impl IntoIterator<Item = Reply>) {
        self.state.lock().script = script.into_iter().collect();
    }

    /// Where it listens.
    ///
    /// # Panics
    ///
    /// Never: it listens on an IP address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1/events", self.server.server_addr().to_ip().expect("an IP address"))
    }

    /// Every request so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state.lock().requests.clone()
    }

    /// Every event that was accepted, in the order of arrival; one that came twice is here twice.
    #[must_use]
    pub fn accepted(&self) -> Vec<Value> {
        let requests = self.requests();
        let accepted = requests.iter().filter(|request| request.status == 200);
        accepted.flat_map(|request| request.events().to_vec()).collect()
    }

    /// Waits until so many events were accepted.
    ///
    /// # Panics
    ///
    /// Where they do not come within a minute.
    pub fn wait_for_events(&self, count: usize) {
        let accepted = |received: &Received| {
            let accepted = received.requests.iter().filter(|request| request.status == 200);
            accepted.map(|request| request.events().len()).sum::<usize>()
        };
        let waiting = self
            .state
            .changed
            .wait_timeout_while(self.state.lock(), Duration::from_secs(60), |received| accepted(received) < count);
        let (received, timeout) = waiting.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "{} of {count} events were accepted", accepted(&received));
    }

    /// Waits until so many requests came.
    ///
    /// # Panics
    ///
    /// Where they do not come within a minute.
    pub fn wait_for_requests(&self, count: usize) {
        let waiting = self
            .state
            .changed
            .wait_timeout_while(self.state.lock(), Duration::from_secs(60), |received| received.requests.len() < count);
        let (received, timeout) = waiting.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "{} of {count} requests came", received.requests.len());
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl State {
    fn lock(&self) -> std::sync::MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, mut request: tiny_http::Request) {
        let mut bytes = Vec::new();
        // Who is killed while sending has sent nothing.
        if request.as_reader().read_to_end(&mut bytes).is_err() {
            return;
        }
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let reply = {
            let script = &mut self.lock().script;
            if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
        };
        let reply = reply.unwrap_or(Reply::Status(200));
        let status = reply.status(&body);
        let headers = request.headers().iter();
        let headers =
            headers.map(|header| (header.field.to_string().to_lowercase(), header.value.to_string())).collect();
        let path = request.url().to_owned();
        self.lock().requests.push(Request { path, status, headers, bytes, body });
        let mut response = Response::empty(status);
        if let Reply::Headers(_, headers) = &reply {
            let headers = headers.iter().filter_map(|(name, value)| Header::from_bytes(*name, *value).ok());
            headers.for_each(|header| response.add_header(header));
        }
        if let Reply::RetryAfter(_, seconds) = reply
            && let Ok(header) = Header::from_bytes("retry-after", seconds.to_string())
        {
            response.add_header(header);
        }
        drop(request.respond(response));
        self.changed.notify_all();
    }
}
