//! The receiver: what is listened to, and what becomes of each request.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use hyper::StatusCode;

use crate::batch::{self, Batch};
use crate::catalogue::Catalogues;
use crate::error::Error;
use crate::http::{Answer, Request, Server, Service};
use crate::limits::{BATCH_EVENTS, BODY_BYTES, LAST, LEAST_STORE_BYTES, SWEEP_EVERY, TABLES_EVERY};
use crate::otlp::{self, Encoding, Signal};
use crate::report::Report;
use crate::sender::Salted;
use crate::store::{Bounds, Counts, Store};
use crate::tables::{self, Tables};
use crate::view;

type Hook = Box<dyn Fn(&str) + Send + Sync>;

/// A receiver that is not started yet: see [`Receiver::builder`].
#[derive(Debug)]
pub struct Receiver(());

impl Receiver {
    /// A receiver on a free port of 127.0.0.1, with a store in memory.
    pub fn builder() -> Builder {
        Builder {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            store: None,
            bounds: Bounds::default(),
            catalogues: Vec::new(),
            tables: None,
            tables_every: TABLES_EVERY,
            prefix: "sync.table.".into(),
            salted: None,
            most_body: BODY_BYTES,
            has_page: false,
            on_event: Box::new(|_| {}),
            on_trouble: Box::new(|_| {}),
        }
    }
}

/// What a receiver is to do.
#[must_use = "it does nothing before it is started"]
pub struct Builder {
    listen: SocketAddr,
    store: Option<PathBuf>,
    bounds: Bounds,
    catalogues: Vec<PathBuf>,
    tables: Option<PathBuf>,
    tables_every: Duration,
    prefix: String,
    salted: Option<Result<Salted, Error>>,
    most_body: usize,
    has_page: bool,
    on_event: Hook,
    on_trouble: Hook,
}

/// Where it will listen; there may be a salt in the rest.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("listen", &self.listen).finish_non_exhaustive()
    }
}

impl Builder {
    /// Listens here; with port 0, on a free one. There is no check of who sends: think twice about any address but loopback.
    pub fn listen(self, address: SocketAddr) -> Self {
        Self { listen: address, ..self }
    }

    /// Stores events in this SQLite file, which is created (readable by its owner alone) if need be.
    pub fn store(self, file: impl Into<PathBuf>) -> Self {
        Self { store: Some(file.into()), ..self }
    }

    /// Removes what was received longer ago than this.
    pub fn keep(mut self, age: Duration) -> Self {
        self.bounds.age = Some(age);
        self
    }

    /// Removes the oldest where the store takes more than so many bytes; at least 1 MiB. The log beside it takes some more.
    pub fn most_bytes(mut self, bytes: u64) -> Self {
        self.bounds.bytes = Some(bytes);
        self
    }

    /// Keeps apart what is not in the catalogue in this file, which `Catalogue::to_json_schema` wrote; given more than once, what is in none.
    pub fn catalogue(mut self, file: impl Into<PathBuf>) -> Self {
        self.catalogues.push(file.into());
        self
    }

    /// Writes what metrics say of tables into this file, as text in columns.
    pub fn tables(self, file: impl Into<PathBuf>) -> Self {
        Self { tables: Some(file.into()), ..self }
    }

    /// Writes the tables file anew after so long; 20 seconds unless told.
    pub fn tables_every(self, period: Duration) -> Self {
        Self { tables_every: period, ..self }
    }

    /// What the names of the metrics and attributes for the tables file begin with; `sync.table.` unless told.
    pub fn metric_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Keeps with each event a salted hash of the address that it came from. Without a salt, a random one is made at each start, and
    /// is nowhere but in memory; one that is given has at least 8 bytes. Without, only what came between two starts can be told to be from one address.
    pub fn hash_addresses(self, salt: Option<&str>) -> Self {
        Self { salted: Some(Salted::new(salt)), ..self }
    }

    /// Refuses bodies with more bytes, as they come or unpacked; 16 MiB unless told. One request at a time is taken apart; that can
    /// take some 50 times of it for a moment, if somebody makes an effort.
    pub fn most_body(self, bytes: usize) -> Self {
        Self { most_body: bytes, ..self }
    }

    /// Shows what is stored as a page for a browser, which keeps itself up to date: [`Running::page_url`]. Its address has a name in it that is
    /// made at each start and cannot be guessed, so that neither other users of this machine nor pages of others that a browser shows get at it.
    pub fn page(self) -> Self {
        Self { has_page: true, ..self }
    }

    /// Is told of each event that is stored, as JSON, before the sender is answered.
    pub fn on_event(self, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { on_event: Box::new(tell), ..self }
    }

    /// Is told in words where something cannot be written. Nothing of what is received is in them.
    pub fn on_trouble(self, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { on_trouble: Box::new(tell), ..self }
    }

    /// Starts. When this returns, connections are taken.
    ///
    /// # Errors
    ///
    /// Where a value cannot be used: which, and why.
    pub fn start(self) -> Result<Running, Error> {
        if let Some(bytes) = self.bounds.bytes.filter(|bytes| *bytes < LEAST_STORE_BYTES) {
            return Err(Error::new(
                format!("a store of {bytes} bytes"),
                format!("expected at least {LEAST_STORE_BYTES}"),
            ));
        }
        if self.tables_every.is_zero() {
            return Err(Error::new("tables every 0 s", "expected a period"));
        }
        let salted = self.salted.transpose()?;
        let catalogues = Catalogues::read(&self.catalogues)?;
        let store = Store::open(self.store.as_deref(), self.bounds)?;
        let shared = Arc::new(Shared {
            catalogues,
            store: Mutex::new(store),
            tables: Mutex::new(Tables::new(self.prefix)),
            file: self.tables,
            salted,
            page: self.has_page.then(|| format!("/page/{}", uuid::Uuid::new_v4().simple())),
            on_event: self.on_event,
            on_trouble: self.on_trouble,
        });
        // A file that cannot be written is said now, and not when there is something to lose.
        shared.write_tables()?;
        let listening = Server::start(self.listen, self.most_body, Arc::clone(&shared));
        let server = listening.map_err(|why| Error::new(format!("address {}", self.listen), why))?;
        let (stop, stopped) = mpsc::channel();
        let every = self.tables_every;
        let clerk = std::thread::Builder::new().name("receiver-clerk".into()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.keep_up(every, &stopped)
        });
        let clerk = clerk.map_err(|why| Error::new("a thread", why))?;
        Ok(Running { server, shared, clerk: Some((stop, clerk)) })
    }
}

/// A receiver that is running. It stops when this is dropped; [`stop`](Self::stop) says whether all went well.
pub struct Running {
    server: Server,
    shared: Arc<Shared>,
    clerk: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

/// Where it listens.
impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Running {
    /// Where it listens: `http://127.0.0.1:4318`, without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Where the page is, if there is one: [`Builder::page`].
    #[must_use]
    pub fn page_url(&self) -> Option<String> {
        self.shared.page.as_ref().map(|path| format!("{}{path}", self.url()))
    }

    /// What came so far, earlier runs with the same store included.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.store().counts()
    }

    /// Figures over what is stored.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn report(&self, since: Option<SystemTime>) -> Result<Report, Error> {
        Report::read(self.shared.store().connection(), since).map_err(|why| Error::new("the store", why))
    }

    /// Writes the tables file now, if there is one.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn write_tables(&self) -> Result<(), Error> {
        self.shared.write_tables()
    }

    /// Takes no more requests, answers those that are under way, and writes the tables file.
    ///
    /// # Errors
    ///
    /// Where the tables file cannot be written. Events are stored before they are answered, so there are none to lose here.
    pub fn stop(mut self) -> Result<Counts, Error> {
        self.end()?;
        Ok(self.counts())
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some((stop, clerk)) = self.clerk.take() else { return Ok(()) };
        self.server.stop();
        drop(stop);
        drop(clerk.join());
        self.shared.write_tables()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(why) = self.end() {
            (self.shared.on_trouble)(&why.to_string());
        }
    }
}

struct Shared {
    catalogues: Option<Catalogues>,
    store: Mutex<Store>,
    tables: Mutex<Tables>,
    file: Option<PathBuf>,
    salted: Option<Salted>,
    /// The path of the page.
    page: Option<String>,
    on_event: Hook,
    on_trouble: Hook,
}

impl Shared {
    /// A panic while it is held rolled the change back.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_tables(&self) -> Result<(), Error> {
        let Some(file) = &self.file else { return Ok(()) };
        let text = self.tables().render(SystemTime::now());
        tables::write(file, &text).map_err(|why| Error::new(format!("the tables file {}", Path::display(file)), why))
    }

    /// Writes the tables file and removes what is too old, each at its time, until the other end is gone.
    fn keep_up(&self, tables_every: Duration, stopped: &mpsc::Receiver<()>) {
        let (mut tables_at, mut sweep_at) = (Instant::now() + tables_every, Instant::now() + SWEEP_EVERY);
        loop {
            let wait = tables_at.min(sweep_at).saturating_duration_since(Instant::now());
            if stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let now = Instant::now();
            if now >= tables_at {
                tables_at = now + tables_every;
                if let Err(why) = self.write_tables() {
                    (self.on_trouble)(&why.to_string());
                }
            }
            if now >= sweep_at {
                sweep_at = now + SWEEP_EVERY;
                let swept = self.store().sweep(SystemTime::now());
                if let Err(why) = swept {
                    (self.on_trouble)(&Error::new("the store", why).to_string());
                }
            }
        }
    }

    fn events(&self, request: &Request) -> Answer {
        if let Some(refused) = not_json(request) {
            return refused;
        }
        let received = SystemTime::now();
        let batch = match Batch::read(&request.body, received) {
            Ok(batch) => batch,
            Err(why) => return Answer::text(StatusCode::BAD_REQUEST, &why),
        };
        if batch.events.len() > BATCH_EVENTS {
            return Answer::text(StatusCode::PAYLOAD_TOO_LARGE, &format!("Expected at most {BATCH_EVENTS} events."));
        }
        let sender = self.salted.as_ref().map(|salted| salted.hash(request.address));
        let taken = batch.take(self.catalogues.as_ref());
        let added = self.store().add(taken, sender.as_deref(), received);
        match added {
            Ok(stored) => {
                stored.iter().map(String::as_str).for_each(&self.on_event);
                Answer::new(StatusCode::OK, "application/json", "{}")
            }
            Err(why) => self.cannot_store(&why),
        }
    }

    fn deletions(&self, request: &Request) -> Answer {
        if let Some(refused) = not_json(request) {
            return refused;
        }
        let install_id = match batch::deletion(&request.body) {
            Ok(install_id) => install_id,
            Err(why) => return Answer::text(StatusCode::BAD_REQUEST, &why),
        };
        let deleted = self.store().delete(&install_id);
        // Whether there was anything is nobody's business: an id can be known to others.
        deleted.map_or_else(|why| self.cannot_store(&why), |()| Answer::new(StatusCode::OK, "application/json", "{}"))
    }

    fn otlp(&self, signal: Signal, request: &Request) -> Answer {
        let Some(encoding) = Encoding::of(&request.media_type) else {
            return Answer::text(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Expected content-type application/x-protobuf or application/json.",
            );
        };
        let (taken, rejected, why) = match self.take(signal, encoding, &request.body) {
            Ok(taken) => taken,
            Err(why) => {
                return Answer::new(StatusCode::BAD_REQUEST, encoding.media_type(), otlp::refusal(encoding, &why));
            }
        };
        let count = |items: usize| items.try_into().unwrap_or(u64::MAX);
        let noted = self.store().note(count(taken), count(rejected));
        if let Err(why) = noted {
            // They are in the tables by now: a sender that comes again would have deltas counted twice.
            (self.on_trouble)(&Error::new("the store", why).to_string());
        }
        let body = otlp::answer(signal, encoding, rejected, why);
        Answer::new(StatusCode::OK, encoding.media_type(), body)
    }

    /// How many items were taken and how many not, and why those were not.
    fn take(&self, signal: Signal, encoding: Encoding, body: &[u8]) -> Result<(usize, usize, &'static str), String> {
        if signal != Signal::Metrics {
            return Ok((0, otlp::count(body, encoding)?, "this receiver counts spans and log records, and keeps none"));
        }
        let metrics = otlp::metrics(body, encoding)?;
        let mut tables = self.tables();
        let taken = metrics.points.iter().filter(|point| tables.add(point)).count();
        let rejected = metrics.points.len() - taken + metrics.others;
        Ok((taken, rejected, "this receiver takes sums and gauges of tables"))
    }

    fn page(&self) -> Answer {
        let read = || {
            let mut store = self.store();
            let counts = store.counts();
            Ok((Report::read(store.connection(), None)?, store.last(LAST)?, counts))
        };
        match read() {
            Ok((report, last, counts)) => view::answer(&report, &last, counts),
            Err(why) => self.cannot_store(&why),
        }
    }

    fn cannot_store(&self, why: &rusqlite::Error) -> Answer {
        (self.on_trouble)(&Error::new("the store", why).to_string());
        Answer::later("Nothing can be stored now.")
    }
}

/// A page in a browser may post texts to anybody, but asks before it posts JSON.
fn not_json(request: &Request) -> Option<Answer> {
    let expected = "Expected content-type application/json.";
    (request.media_type != "application/json").then(|| Answer::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, expected))
}

impl Service for Shared {
    fn methods(&self, path: &str) -> Option<&'static str> {
        match path {
            "/v1/events" | "/v1/metrics" | "/v1/traces" | "/v1/logs" => Some("POST"),
            "/v1/deletions" => Some("POST, DELETE"),
            _ if self.page.as_deref() == Some(path) => Some("GET"),
            _ => None,
        }
    }

    fn answer(&self, request: Request) -> Answer {
        match request.path.as_str() {
            "/v1/events" => self.events(&request),
            "/v1/deletions" => self.deletions(&request),
            "/v1/metrics" => self.otlp(Signal::Metrics, &request),
            "/v1/traces" => self.otlp(Signal::Traces, &request),
            path if self.page.as_deref() == Some(path) => self.page(),
            _ => self.otlp(Signal::Logs, &request),
        }
    }
}
