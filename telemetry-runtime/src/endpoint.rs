//! Where batches are posted to, and how: what a program's author says of an HTTP sink.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::StartError;

/// A URL and what goes with each request to it. Headers and URL may hold secrets, so this has no `Debug`.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) root_certs: RootCerts,
    /// Where to ask that what was received is deleted.
    pub(crate) deletion: Option<String>,
    /// What the user's environment says of single streams, where the program heeds that.
    pub(crate) instead: Vec<Instead>,
    /// The variables that say something of this endpoint, or of one instead of it: a sender has to know them too.
    pub(crate) heeded: Vec<String>,
    /// What of that cannot be heeded.
    pub(crate) problem: Option<Box<StartError>>,
    /// By when a request is over, if that is sooner than usual.
    pub(crate) timeout: Option<Duration>,
    #[cfg(feature = "gzip")]
    pub(crate) gzip: bool,
}

impl Endpoint {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            headers: Vec::new(),
            root_certs: RootCerts::default(),
            deletion: None,
            instead: Vec::new(),
            heeded: Vec::new(),
            problem: None,
            timeout: None,
            #[cfg(feature = "gzip")]
            gzip: false,
        }
    }

    /// Where the events of a stream go instead of to this URL, if they do. Nothing that the program says of its own receiver holds
    /// for that one.
    pub(crate) fn instead_for(&self, stream: &str) -> Option<&Self> {
        self.instead.iter().find(|instead| instead.stream == stream).map(|instead| &instead.endpoint)
    }
}

/// Where the events of one stream go instead.
pub(crate) struct Instead {
    /// The stream's name.
    pub(crate) stream: &'static str,
    /// The variable that says so.
    pub(crate) said_by: String,
    pub(crate) endpoint: Endpoint,
}

/// A URL with a path behind its own.
pub(crate) fn with_path(url: &str, path: &str) -> String {
    if path.is_empty() {
        return url.to_owned();
    }
    let (url, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    format!("{}{path}{query}", url.trim_end_matches('/'))
}

/// The certificate authorities that may vouch for an `https://` receiver.
///
/// Where the user has set `SSL_CERT_FILE` (a PEM file) or `SSL_CERT_DIR` (folders of PEM files under their hashes, as `openssl rehash`
/// names them), the certificates there take the place of [`Bundled`](Self::Bundled) and `Platform`, as they do for OpenSSL and for
/// `rustls-native-certs`: that is how a network with an authority of its own makes itself known. A file that the program's author
/// named stands.
///
/// They are read by the background thread, before the first request over TLS. If there is not one certificate, events are kept for
/// later, and [`Status::sinks`](crate::Status::sinks) names the file.
///
/// ```
/// use telemetry_runtime::sink::{self, RootCerts};
///
/// let events = sink::Json::new("https://telemetry.corp.example").root_certs(RootCerts::Pem("/etc/corp/authority.pem".into()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootCerts {
    /// Mozilla's, as they were when the program was built: the same on every machine, and nothing to read.
    #[default]
    Bundled,
    /// The operating system's, by its own verifier. On Android `rustls-platform-verifier` must have been initialised by the program.
    #[cfg(feature = "platform-roots")]
    Platform,
    /// Those in this PEM file, and no others; seen from where the program starts.
    Pem(PathBuf),
}
