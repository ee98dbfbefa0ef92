//! Every bound in one place, each with where it comes from.

use std::time::Duration;

/// A batch holds at most this many events: fits every receiver of the contract, the tightest of which takes 2,500.
pub(crate) const BATCH_EVENTS: usize = 100;
/// A batch is made of at most this many spooled bytes. JSON makes up to five of each, and the tightest receiver takes 500 KB.
pub(crate) const BATCH_BYTES: usize = 64 * 1024;
/// One event takes at most this many bytes: `RudderStack` and Segment refuse messages over 32 KB.
pub(crate) const RECORD_BYTES: usize = 16 * 1024;
/// What is said of a run goes with each of its events, so it is small.
pub(crate) const RUN_BYTES: usize = 2 * 1024;
/// One event has at most this many fields; what comes after them is left out.
pub(crate) const FIELDS: usize = 64;
/// One segment holds events of at most this many bytes; what comes after them is lost, and counted.
pub(crate) const SEGMENT_BYTES: u64 = 5 * 1024 * 1024;
/// … and this many more of what is said about them: runs, acknowledgements.
pub(crate) const SEGMENT_BOOKS_BYTES: u64 = 1024 * 1024;
/// A segment that is larger than this is left for another, to be emptied while the process lives …
pub(crate) const SEGMENT_LEAVE_BYTES: u64 = 256 * 1024;
/// … unless so much waits already in those that were left.
pub(crate) const LEFT_BYTES: u64 = 5 * 1024 * 1024;
/// At most this many processes spool at once; the next one keeps its events in memory.
pub(crate) const SLOTS: u16 = 256;
/// Events that wait in memory where nothing can be written.
pub(crate) const QUEUE_EVENTS: usize = 8192;
/// Calls that are open at once; the next ones are not recorded.
pub(crate) const OPEN_CALLS: u32 = 1 << 20;
/// From the first event of a batch until it is sent.
pub(crate) const BATCH_WINDOW: Duration = Duration::from_millis(200);
/// Until a connection must stand, and until an answer must be read.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Until the connection to a proxy is cut that is still there when its request was to be over.
pub(crate) const REQUEST_DEADLINE: Duration = Duration::from_secs(11);
/// An answer's body is read up to here, and for so long: the status has said all by then.
pub(crate) const ANSWER_BYTES: u64 = 64 * 1024;
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// A file with certificates of authorities is read if it is no larger: Mozilla's whole list takes 230 KB.
#[cfg(feature = "tls")]
pub(crate) const ROOT_CERTS_BYTES: u64 = 8 * 1024 * 1024;
/// A receiver that refuses so many single events one after another refuses us and not them.
pub(crate) const REFUSALS: u32 = 8;
/// The first pause after a failed request, doubled by each that follows, up to the last.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_secs(1);
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// A receiver that asks for a longer pause (`Retry-After`) gets this one.
pub(crate) const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

// A guard keeps two bits of its 32 for the mark.
const _: () = assert!(OPEN_CALLS < 1 << 30);
