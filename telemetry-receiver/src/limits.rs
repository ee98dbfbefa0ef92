//! Every bound in one place.

use std::time::Duration;

/// A body, as it comes and as it is unpacked, has at most so many bytes unless told.
pub(crate) const BODY_BYTES: usize = 16 * 1024 * 1024;
/// Of a body that is too large, so many times the bound is read and thrown away: a client that is still sending sees no answer.
pub(crate) const DISCARD_TIMES: usize = 4;
/// The request line and the headers.
pub(crate) const HEAD_BYTES: usize = 32 * 1024;
/// So many connections at once; others wait in the system's queue.
pub(crate) const CONNECTIONS: usize = 128;
/// So many bodies in memory at once; others wait …
pub(crate) const REQUESTS: usize = 8;
/// … for so long, and are sent away then.
pub(crate) const REQUEST_WAIT: Duration = Duration::from_secs(10);
/// A client may take so long for a head, also between two requests …
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(10);
/// … and so long for a body.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(30);
/// A connection is closed after so long; one that is busy then has as long again as a body may take.
pub(crate) const CONNECTION_TIME: Duration = Duration::from_secs(300);
/// What is under way when the receiver is stopped has so long …
pub(crate) const STOP_TIME: Duration = Duration::from_secs(5);
/// … and what is being stored has so long.
pub(crate) const STORE_TIME: Duration = Duration::from_secs(30);
/// A sender that was sent away is to come again after so many seconds.
pub(crate) const RETRY_SECONDS: u32 = 5;
/// A salt has at least so many bytes: with one that can be guessed, addresses can.
pub(crate) const LEAST_SALT_BYTES: usize = 8;
/// An event has at most so many bytes: clients of ours make none over 16 KiB, and JSON is larger than that at times.
pub(crate) const EVENT_BYTES: usize = 64 * 1024;
/// A batch has at most so many events: larger ones would have all others wait for seconds.
pub(crate) const BATCH_EVENTS: usize = 50_000;
/// A word of an event that is a column of its own has at most so many bytes.
pub(crate) const WORD_BYTES: usize = 256;
/// So many events are kept apart; the oldest go.
pub(crate) const QUARANTINE: usize = 1000;
/// Why an event is kept apart is cut here.
pub(crate) const DETAIL_BYTES: usize = 200;
/// A report shows so many reasons of a kind.
pub(crate) const REASONS: usize = 20;
/// A page shows so many of the last events whole.
pub(crate) const LAST: usize = 200;
/// The store is not bound to less than this.
pub(crate) const LEAST_STORE_BYTES: u64 = 1024 * 1024;
/// Rows of the tables file; data points of further ones are rejected.
pub(crate) const TABLE_ROWS: usize = 100_000;
/// The tables file is written anew after so long unless told.
pub(crate) const TABLES_EVERY: Duration = Duration::from_secs(20);
/// What is too old is looked for after so long.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// A process that reports and one that stores wait so long for each other.
pub(crate) const STORE_WAIT: Duration = Duration::from_secs(10);
