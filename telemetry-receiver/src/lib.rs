//! A receiver of telemetry for developers and small installations: `OTLP/HTTP` and our plain JSON, on loopback.
//!
//! It is a program (`telemetry-receiver serve`, `telemetry-receiver report`) and this library, for tests and for programs that bring
//! their own receiver:
//!
//! ```
//! use telemetry_receiver::Receiver;
//!
//! # fn main() -> Result<(), telemetry_receiver::Error> {
//! let receiver = Receiver::builder().start()?;          // on a free port of 127.0.0.1, with a store in memory
//! let endpoint = format!("{}/v1/events", receiver.url());
//! // … programs send there …
//! let counts = receiver.stop()?;                        // what had been answered is stored
//! assert_eq!(counts.stored, 0);
//! # drop(endpoint);
//! # Ok(())
//! # }
//! ```
//!
//! # What it takes
//!
//! | Request | Body | Becomes of it |
//! |---|---|---|
//! | `POST /v1/events` | `application/json`: `{"sent_at": …, "events": […]}`, as `telemetry_runtime::sink::Json` sends it | each event is stored once, by its `id`; what is not in the catalogue, or is no event, is kept apart with the reason |
//! | `POST` or `DELETE /v1/deletions` | `application/json`: `{"install_id": "…"}` | what is stored under that id is gone when the answer is sent |
//! | `POST /v1/metrics` | OTLP, protobuf or JSON | data points of `sync.table.…` become rows of the tables file; others are told as rejected |
//! | `GET /page/…` | | what came, as a page for a browser that keeps itself up to date; only where it was asked for ([`Builder::page`]), and under a name that nobody guesses |
//! | `POST /v1/traces`, `/v1/logs` | OTLP, protobuf or JSON | counted and told as rejected: nothing here shows them |
//!
//! A body may be compressed (`content-encoding: gzip`). An answer of 200 means that what was taken is on disk.
//!
//! | It answers | where |
//! |---|---|
//! | 400 | a body is not what it says it is |
//! | 404, 405 | there is no such path, or not for this method |
//! | 408 | a body does not come within 30 seconds |
//! | 413 | a body is larger than 16 MiB (or what it was told), compressed or not, or a batch has more than 50 000 events |
//! | 415 | a body is of another type, or compressed in another way; so no page in a browser can post here unasked |
//! | 503, with `Retry-After` | eight others are being read for longer than 10 seconds, or the store cannot be written |
//!
//! # What it does not keep
//!
//! No address of a sender, in no row, file or line: unless told to keep a salted hash of it ([`Builder::hash_addresses`]), it does not
//! look. There is no check of who sends, so it belongs on loopback, or behind something that checks. Who reads is
//! checked by the page's address, which is a new one at each start: whoever knows it sees what is stored.

// A file imports only from files above it in this list.
mod error;
mod limits;
mod sender;
mod catalogue;
mod batch;
mod otlp;
mod tables;
mod store;
mod report;
mod http;
mod view;
mod receiver;

pub use error::Error;
pub use receiver::{Builder, Receiver, Running};
pub use report::{AppRow, Durations, EventRow, LossRow, QuarantineRow, Report};
pub use store::Counts;
