//! Stands in for your telemetry server: takes events over HTTP, on loopback, in this very process.

use std::cell::OnceCell;
use std::fmt;
use std::sync::mpsc;
use std::thread;

use serde_json::Value;
use tiny_http::{Request, Response, Server};

pub(crate) struct Receiver {
    /// The address of somebody else's, which then takes the events instead.
    elsewhere: Option<String>,
    here: OnceCell<(String, mpsc::Receiver<Value>)>,
}

impl Receiver {
    pub(crate) fn new(elsewhere: Option<String>) -> Self {
        Self { elsewhere, here: OnceCell::new() }
    }

    /// Where to send to. The first to ask opens the receiver, which then listens until the process ends.
    pub(crate) fn url(&self) -> &str {
        self.elsewhere.as_deref().unwrap_or_else(|| &self.here.get_or_init(listen).0)
    }

    /// The events that have arrived, if they arrive here.
    pub(crate) fn take_events(&self) -> Option<Vec<Value>> {
        let mut events: Vec<Value> = Vec::new();
        for event in self.here.get()?.1.try_iter() {
            // A request whose answer got lost comes again: an event whose id is known is not new.
            if !events.iter().any(|known| known["id"] == event["id"]) {
                events.push(event);
            }
        }
        Some(events)
    }
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.elsewhere.is_none() { " (inside this process)" } else { "" };
        write!(f, "{}{place}", self.url())
    }
}

/// Listens on a free port. Where that is forbidden there is no URL; telemetry says so, and is off.
fn listen() -> (String, mpsc::Receiver<Value>) {
    let (sender, events) = mpsc::channel();
    let Ok(server) = Server::http("127.0.0.1:0") else {
        return (String::new(), events);
    };
    let url = format!("http://{}/events", server.server_addr());
    thread::spawn(move || {
        for request in server.incoming_requests() {
            receive(request, &sender);
        }
    });
    (url, events)
}

/// Answers only when the events are in safe hands; the sender keeps what was not answered with 2xx.
fn receive(mut request: Request, sender: &mpsc::Sender<Value>) {
    let mut body = Vec::new();
    let batch = match request.as_reader().read_to_end(&mut body) {
        Ok(_) => serde_json::from_slice::<Value>(&body).ok(),
        Err(_) => None,
    };
    let status = match batch.as_ref().and_then(|batch| batch["events"].as_array()) {
        Some(events) if events.iter().all(|event| sender.send(event.clone()).is_ok()) => 200,
        _ => 400,
    };
    // The sender may have gone; then it comes again.
    let _gone = request.respond(Response::empty(status));
}
