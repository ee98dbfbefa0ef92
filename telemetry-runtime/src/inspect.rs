//! What would be sent, or is being sent, as the user can read it.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use once_cell::sync::OnceCell;

use crate::endpoint::Endpoint;
use crate::format::Request;
use crate::launch::ShowBody;
use crate::transport;

/// The file that stands in for every sink. What writes it is named here and in [`BEGIN`], so that a program that never asks for it does not
/// have that in it.
#[derive(Clone, Debug)]
pub(crate) struct Inspect {
    path: PathBuf,
    /// What is said of each sink besides its name.
    note: &'static str,
    /// Notes a request that is not made: its head, and its body.
    pub(crate) request: fn(&Self, &str, &[String], &[u8]) -> io::Result<()>,
    /// The lines before the body of a request.
    pub(crate) lines: fn(&Endpoint, &str, &str, &Request) -> Vec<String>,
}

/// Begins a file with a title.
type Begin = fn(&Path, &str) -> io::Result<Inspect>;

/// Set where the program asks for it.
static BEGIN: OnceCell<Begin> = OnceCell::new();

/// Has a later [`begin`] find what it takes.
pub(crate) fn allow() {
    let _ = BEGIN.set(Inspect::begin);
}

/// Begins the file.
pub(crate) fn begin(path: &Path, title: &str) -> io::Result<Inspect> {
    BEGIN.get().map_or_else(|| Err(io::ErrorKind::Unsupported.into()), |begin| begin(path, title))
}

impl Inspect {
    /// Begins the file anew: it is of one run. What is there and is no file is left alone.
    fn begin(path: &Path, title: &str) -> io::Result<Self> {
        if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
            return Err(io::Error::other("there is something else in its place"));
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        drop(options.open(path)?);
        transport::append(path, title.as_bytes())?;
        Ok(Self { path: path.to_owned(), note: "", request: Self::request, lines: transport::lines })
    }

    /// The same file, for what is required.
    pub(crate) fn required(self) -> Self {
        Self { note: ", required: sent at every level", ..self }
    }

    fn request(&self, sink: &str, request: &[String], body: &[u8]) -> io::Result<()> {
        let mut text = format!("\n# sink {sink}{}\n", self.note);
        for line in request {
            let _ = writeln!(text, "{line}");
        }
        text.push('\n');
        let mut text = text.into_bytes();
        text.extend_from_slice(body);
        if !body.ends_with(b"\n") {
            text.push(b'\n');
        }
        // With one call, so that what a forked child notes stands by itself.
        transport::append(&self.path, &text)
    }
}

/// Who is shown each body while it is sent.
pub(crate) struct Bodies(Mutex<ShowBody>);

impl std::fmt::Debug for Bodies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bodies")
    }
}

impl Bodies {
    pub(crate) fn new(show: ShowBody) -> Self {
        Self(Mutex::new(show))
    }

    /// Shows a line for a request that is about to be sent.
    pub(crate) fn show(&self, sink: &str, url: &str, body: &[u8]) {
        let line = format!("telemetry: sink {sink} POST {url} body={}", String::from_utf8_lossy(body));
        let mut show = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *show {
            // Nobody may be there to see it.
            ShowBody::OnStderr => drop(transport::print(format!("{line}\n").as_bytes())),
            // What panics there is the program's, and no reason not to send.
            ShowBody::By(show) => drop(catch_unwind(AssertUnwindSafe(|| show(&line)))),
        }
    }
}
