//! Every bound in one place, each with where it comes from.

use std::time::Duration;

/// The spool is read in pieces of so many bytes …
pub(crate) const READ_BYTES: usize = 64 * 1024;
/// … or of so much of what a sink takes at once: the formats make up to five bytes of each.
pub(crate) const READ_PART: usize = 4;
/// So much is read at once, however much a sink would take.
pub(crate) const LARGEST_READ_BYTES: usize = 1024 * 1024;
/// One event takes at most this many bytes: `RudderStack` and Segment refuse messages over 32 KB.
pub(crate) const RECORD_BYTES: usize = 16 * 1024;
/// What is said of a run goes with each of its events, so it is small.
pub(crate) const RUN_BYTES: usize = 2 * 1024;
/// One process keeps the last so many of those who signed in.
pub(crate) const IDENTITIES: usize = 64;
/// One event has at most this many fields; what comes after them is left out.
pub(crate) const FIELDS: usize = 64;
/// What an error says is cut here.
pub(crate) const ERROR_TEXT_BYTES: usize = 4 * 1024;
/// One segment holds events of at most this many bytes; what comes after them is lost, and counted.
pub(crate) const SEGMENT_BYTES: u64 = 5 * 1024 * 1024;
/// … and this many more of what is said about them: runs, acknowledgements.
pub(crate) const SEGMENT_BOOKS_BYTES: u64 = 1024 * 1024;
/// A segment that is larger than this is left for another, to be emptied while the process lives.
pub(crate) const SEGMENT_LEAVE_BYTES: u64 = 256 * 1024;
/// All segments together, and the ledgers, hold this much, as long as no more than that is being written at once: a process looks before it makes
/// its segment larger by a step.
pub(crate) const SPOOL_BYTES: u64 = 10 * 1024 * 1024;
/// A step, in one of the first slots …
pub(crate) const SEGMENT_STEP_BYTES: u64 = 256 * 1024;
/// … and in one after them, which there are only where many processes write at once.
pub(crate) const SEGMENT_SMALL_STEP_BYTES: u64 = 32 * 1024;
pub(crate) const FIRST_SLOTS: u16 = 16;
/// Where these are taken, so many of the others are tried before a new one is made.
pub(crate) const TRIED_SLOTS: u16 = 8;
/// Of so many, a process that starts looks whether they were left by a dead one.
pub(crate) const SOME_SLOTS: usize = 48;
/// The ledger, and the one before it, each hold this much, or one request.
pub(crate) const LEDGER_BYTES: u64 = 1024 * 1024;
/// Events that could not be delivered for so long are given up.
pub(crate) const AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// An event that seems older than this was not recorded then: a clock was wrong. It is kept.
pub(crate) const IMPLAUSIBLE_AGE: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// At most this many processes spool at once; the next one keeps its events in memory.
pub(crate) const SLOTS: u16 = 256;
/// Events on their way to the worker take so much memory, of which pages are touched as they are used: 8192 of 256 bytes.
pub(crate) const QUEUE_BYTES: usize = 2 * 1024 * 1024;
/// Events that wait in memory where nothing can be written.
pub(crate) const QUEUE_EVENTS: usize = 8192;
/// Calls that are open at once; the next ones are not recorded.
pub(crate) const OPEN_CALLS: u32 = 1 << 20;
/// One run reports at most this many panics: a loop that catches them says the same again and again.
pub(crate) const PANICS: u32 = 100;
/// One run records at most this many error reports …
pub(crate) const ERROR_REPORTS: u32 = 1000;
/// … and one place in the source this many a minute.
pub(crate) const ERROR_REPORTS_OF_A_PLACE: u32 = 10;
/// So many snapshots are taken of a provider each time that it is asked.
pub(crate) const SNAPSHOTS: usize = 1024;
/// What is done from time to time is done no more often than this.
pub(crate) const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);
/// Metrics are recorded so often.
pub(crate) const METRICS_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// From the first event of a batch until it is sent.
pub(crate) const BATCH_WINDOW: Duration = Duration::from_millis(200);
/// … or, if that is sooner, until so much was recorded.
pub(crate) const BATCH_BYTES: u64 = 1024 * 1024;
/// It is told so often what was only counted.
pub(crate) const AGGREGATE_INTERVAL: Duration = Duration::from_secs(60);
/// So many rows of required usage are a report, …
pub(crate) const USAGE_BATCH: u64 = 1000;
/// … no sooner than so long after the one before, …
pub(crate) const USAGE_MINIMUM: Duration = Duration::from_secs(10);
/// … and after so long, however few there are: what `CloudQuery`'s plugin SDK has.
pub(crate) const USAGE_MAXIMUM: Duration = Duration::from_secs(30);
/// What a receiver may ask for instead: rows, …
pub(crate) const USAGE_LARGEST_BATCH: u64 = 1_000_000_000;
/// … and intervals.
pub(crate) const USAGE_SHORTEST_MINIMUM: Duration = Duration::from_secs(1);
pub(crate) const USAGE_LONGEST_MINIMUM: Duration = Duration::from_secs(60 * 60);
pub(crate) const USAGE_SHORTEST_MAXIMUM: Duration = Duration::from_secs(1);
pub(crate) const USAGE_LONGEST_MAXIMUM: Duration = Duration::from_secs(24 * 60 * 60);
/// Rows that could not be recorded are tried again no sooner than after so long.
pub(crate) const USAGE_RETRY: Duration = Duration::from_secs(1);
/// Where events are queued, they are on disk after so long.
pub(crate) const SAVE_WINDOW: Duration = Duration::from_millis(5);
/// An append that takes longer than this waited for the disk …
pub(crate) const SLOW_APPEND: Duration = Duration::from_millis(1);
/// … and so many of them one after another say that the disk is slow, and not that the machine is busy.
pub(crate) const SLOW_APPENDS: u32 = 3;
/// The end of a process may take so long to put what is queued onto the disk.
pub(crate) const SAVE_AT_EXIT: Duration = Duration::from_millis(4);
/// Where everything goes to a file to be looked at, the end waits for that, and for so long at most.
pub(crate) const INSPECT_GRACE: Duration = Duration::from_secs(2);
/// What has been left for so long may make one run a day …
pub(crate) const CATCH_UP_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// … wait for so long at its end.
pub(crate) const CATCH_UP_GRACE: Duration = Duration::from_millis(250);
/// A detached sender stays for so long after there was nothing more to send, for what ends meanwhile …
pub(crate) const SENDER_STAYS: Duration = Duration::from_secs(10);
/// … looks so often …
pub(crate) const SENDER_LOOKS: Duration = Duration::from_secs(1);
/// … and lives no longer than this, whatever happens.
pub(crate) const SENDER_LIVES: Duration = Duration::from_secs(30);
/// Where nothing can be written, it is tried again after so long.
pub(crate) const UNWRITABLE_PAUSE: Duration = Duration::from_secs(10);
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

// A guard keeps three bits of its 32, for the mark and for silence.
const _: () = assert!(OPEN_CALLS < 1 << 29);
