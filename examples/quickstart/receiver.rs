//! Stands in for your telemetry server: a `telemetry-receiver`, on loopback, in this very process.

use std::cell::OnceCell;
use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::mpsc;

use anyhow::Result;
use serde_json::Value;
use telemetry_receiver::{Receiver as Server, Report, Running};

pub(crate) struct Receiver {
    /// The address of somebody else's, which then takes the events instead.
    elsewhere: Option<String>,
    here: OnceCell<Option<Here>>,
}

struct Here {
    url: String,
    server: Running,
    store: PathBuf,
    events: mpsc::Receiver<Value>,
}

impl Receiver {
    pub(crate) fn new(elsewhere: Option<String>) -> Self {
        Self { elsewhere, here: OnceCell::new() }
    }

    /// Where to send to. The first to ask opens the receiver, which then listens until the process ends. Where that is forbidden there
    /// is no URL; telemetry says so, and is off.
    pub(crate) fn url(&self) -> &str {
        self.elsewhere.as_deref().unwrap_or_else(|| {
            let here = self.here.get_or_init(|| listen().inspect_err(|why| eprintln!("No receiver: {why:#}")).ok());
            here.as_ref().map_or("", |here| &here.url)
        })
    }

    /// The events that have arrived since it was asked last, if they arrive here.
    pub(crate) fn take_events(&self) -> Vec<Value> {
        self.here().map(|here| here.events.try_iter().collect()).unwrap_or_default()
    }

    /// What the receiver says of all that has arrived, and the file that it has it from.
    pub(crate) fn report(&self) -> Option<(Report, &Path)> {
        let here = self.here()?;
        Some((here.server.report(None).ok()?, &here.store))
    }

    fn here(&self) -> Option<&Here> {
        self.here.get()?.as_ref()
    }
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.elsewhere.is_none() { " (inside this process)" } else { "" };
        write!(f, "{}{place}", self.url())
    }
}

/// Listens on a free port, and stores in a new file what is in the program's catalogue.
fn listen() -> Result<Here> {
    let folder = env::temp_dir().join(format!("quickstart-receiver-{}-{}", crate::milliseconds()?, process::id()));
    fs::create_dir(&folder)?;
    let (store, catalogue) = (folder.join("events.db"), folder.join("catalogue.json"));
    fs::write(&catalogue, crate::telemetry().catalogue().to_json_schema())?;
    let (sender, events) = mpsc::channel();
    let server = Server::builder().store(&store).catalogue(catalogue).on_event(move |event| {
        // Nobody who shows them is left once the program is at its end.
        let _unseen = serde_json::from_str(event).map(|event| sender.send(event));
    });
    let server = server.start()?;
    Ok(Here { url: format!("{}/v1/events", server.url()), server, store, events })
}
