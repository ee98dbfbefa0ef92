//! Usage telemetry for Rust programs: nothing leaks, nothing waits, nothing is lost.
//!
//! `#[tracked]` on a command's function records a start and a finish event, with duration and an error flag, and never an
//! argument. The events are safe on disk when the function goes on, and one background thread sends them.
//!
//! ```
//! use telemetry_runtime::{Telemetry, app, record, sink, tracked};
//!
//! // Two events, "Sync Tables Started" and "Sync Tables Finished".
//! #[tracked]
//! fn sync_tables(folder: &str) -> Result<(), std::io::Error> {
//!     let tables = std::fs::read_dir(folder)?.count();
//!     record!(tables = tables); // on the latter; a `&str` would not compile
//!     Ok(())
//! }
//!
//! fn main() -> Result<(), std::io::Error> {
//!     // Users set DEMO_TELEMETRY_LEVEL to none, errors, stats or all. To start
//!     // never fails and never prints, and a debug build sends nothing.
//!     let _telemetry = Telemetry::builder(app!())
//!         .env_prefix("DEMO")
//!         .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
//!         .start();
//!     sync_tables(".")
//! }
//! ```
//!
//! # Where to begin
//!
//! | For | see |
//! |---|---|
//! | a function's calls | [`tracked`], [`record!`], [`add!`] |
//! | what a field may be | [`Field`], [`label!`], [`buckets!`], [`template!`], [`Hashed`], [`Identifier`], and the derives [`ClosedEnum`](derive@ClosedEnum) and [`Field`](derive@Field) |
//! | how telemetry is to be, and its start | [`Telemetry::builder`], [`Builder`] |
//! | where events go | [`sink`]; a format of one's own: [`mod@format`] |
//! | while the program runs, and its end | [`Guard`]; what is done, and why: [`Status`] |
//! | a server's numbers | [`counter!`], [`gauge!`] and those with labels, [`Snapshot`](derive@Snapshot), `#[tracked(aggregate)]` |
//! | errors that are handled | [`report_error!`] |
//! | what users may see, allow and take back | [`Control`], [`Notice`], [`Catalogue`]; with clap, `TelemetryCommand` |
//! | tests | [`testing`] |
//!
//! # With clap
//!
//! With the feature `clap`, one call parses the command line and starts telemetry: `Builder::parse::<Cli>()`, or
//! `Builder::parse_command(command)` for a command that is built. It adds the flags (`--telemetry-level`, `--no-telemetry` and others), names
//! command, alias and flags on each event, has command lines that clap refuses be events, and runs the `telemetry` subcommand, which is a
//! variant `Telemetry(TelemetryCommand)`. `Builder::parse` says all of it.
//!
//! # Features
//!
//! | Feature | Default | Gives |
//! |---|---|---|
//! | `record` | yes | recording itself; without it the API is the same and does nothing, the attribute leaves functions as they are, and no third-party crate is in the program |
//! | `tls` | yes | `https://` endpoints |
//! | `platform-roots` | no | the operating system's certificate authorities: [`sink::RootCerts`] |
//! | `gzip` | no | compressed requests: `sink::Http::gzip` |
//! | `backtrace` | no | the frames of panics and of error reports, on Linux |
//! | `clap` | no | for clap programs: flags, the command's path, usage errors, a `telemetry` command: `Builder::parse` |
//! | `page` | no | what there is to see as a page for a browser: `telemetry log --html`, `Control::page` |
//! | `local-time` | no | times with the offset of the user's time zone: `sink::Ticloud::local_time` |
//! | `testing` | no | for a program's tests: assertions on events, a receiver on loopback, a guard that lets nothing else be reached: [`testing`] |
//! | `uuid` | with `record` | `uuid::Uuid` as a field |
//!
//! # Types of other crates
//!
//! With the feature `clap`, clap 4's (`Command`, `ArgMatches`, `Parser` and others); with `uuid`, `uuid::Uuid` of uuid 1 is a [`Field`]. There are no others, whatever is
//! below: HTTP, TLS and clocks can change without a program noticing. What a version promises is in `docs/semver.md`.
//!
//! # The data's way
//!
//! ```text
//! caller's thread   call::enter(&CALLSITE) ── gate closed ⇒ nothing else runs
//!                        │ open: clock, ids, fields → start event ── codec, one append ─▶ spool: this process's segment
//!                   body … outcome, duration → finish event ──────── codec, one append ─▶ spool: the segment that has the start
//!                        │ queued mode, a slow disk, nothing can be written ⇒ the queue, bounded; full ⇒ loss, counted
//! worker thread     woken once a batch window ▶ reader: own segment, dead processes' segments, memory
//!                        ▶ per sink, stream and kind: chunk → format → ledger → transport → verdict ▶ ack record in the segment
//! exit              what is queued goes onto the disk. The grace, if the program granted one, is all that is waited for
//! ```
//!
//! Who owns what: a call's **guard** lies in the tracked function and is a number; its **frame** holds all else. The **engine**
//! (one a process) is the producing side and is shared by all threads; the **worker** owns sinks, positions and pauses, and
//! alone reads the spool and touches the network. A **segment** belongs to the process that has it locked.

// A file imports only from files above it in this list, so the list is the reading order: words, pure mechanisms, effects, engine,
// surface, macro ABI.

// Without `record` the surface stays and what is behind it goes, so some of what is shared has no use.
#![cfg_attr(not(feature = "record"), allow(dead_code, reason = "the surface keeps what only the recording side reads"))]

// Words.
mod level;
mod value;
mod identity;
mod version;
mod error;
mod shards;
mod loss;
mod trace;
mod aggregate;
mod thinning;
mod event;
mod parent;
mod endpoint;
mod notes;
mod callsite;
mod snapshot;

// Pure mechanisms.
mod limits;
mod report;
mod metrics;
mod resolve;
mod settings;
#[cfg(feature = "record")]
mod fork;
#[cfg(feature = "record")]
mod busy;
#[cfg(feature = "record")]
mod latch;
#[cfg(feature = "record")]
mod mailbox;
#[cfg(feature = "record")]
mod queue;
#[cfg(feature = "record")]
mod gate;
#[cfg(feature = "record")]
mod codec;
mod json;
#[cfg(feature = "record")]
mod probe;
#[cfg(feature = "record")]
mod place;
#[cfg(feature = "page")]
mod page;
pub mod format;
mod catalogue;
#[cfg(feature = "record")]
mod pace;

// Effects.
mod env;
#[cfg(feature = "record")]
mod os;
#[cfg(feature = "record")]
mod clock;
#[cfg(feature = "record")]
mod transit;
#[cfg(feature = "record")]
mod retry;
#[cfg(feature = "record")]
mod files;
#[cfg(feature = "record")]
mod state;
#[cfg(feature = "record")]
mod spool;
#[cfg(feature = "record")]
mod pauses;
#[cfg(feature = "record")]
mod totals;
#[cfg(feature = "record")]
mod once_file;
mod hashed;
mod context;
#[cfg(feature = "record")]
mod ledger;
#[cfg(feature = "record")]
mod proxy;
#[cfg(feature = "record")]
mod loopback;
#[cfg(all(feature = "record", feature = "tls"))]
mod roots;
#[cfg(feature = "record")]
mod transport;
#[cfg(feature = "record")]
#[cfg_attr(not(all(feature = "backtrace", target_os = "linux")), path = "no_stack.rs")]
mod stack;

// Sinks.
pub mod sink;
mod launch;
#[cfg(feature = "record")]
mod inspect;
#[cfg(feature = "record")]
mod deliver;

// The engine, and the calls that it is told of.
#[cfg(feature = "record")]
mod engine;
#[cfg(feature = "record")]
mod tape;
#[cfg(feature = "record")]
mod frames;
#[cfg(feature = "record")]
mod reader;
#[cfg(feature = "record")]
mod worker;
#[cfg(feature = "record")]
mod sender;
#[cfg(feature = "record")]
mod kept;
#[cfg(all(feature = "record", feature = "page"))]
mod shown;

// Calls, as tracked functions make them.
#[cfg(feature = "record")]
mod call;
#[cfg(feature = "record")]
mod counted;
#[cfg(feature = "record")]
mod panics;
#[cfg(feature = "record")]
mod reporting;
#[cfg(feature = "record")]
mod sampling;
#[cfg(feature = "record")]
mod meter;

// The surface, and the recording side as it sees it.
#[cfg_attr(not(feature = "record"), path = "inert.rs")]
mod recording;
mod asked;
mod status;
mod control;
mod usage;
mod guard;
#[cfg(feature = "clap")]
mod flags;
#[cfg(feature = "clap")]
mod command_line;
mod builder;
mod telemetry;
#[cfg(feature = "clap")]
mod clap;
pub mod testing;
mod macros;

#[cfg(all(fuzzing, feature = "record"))]
#[doc(hidden)]
pub mod fuzzing;

// What macros expand to.
#[doc(hidden)]
pub mod private;

pub use aggregate::Aggregate;
pub use asked::Notice;
pub use builder::{App, Builder};
pub use catalogue::{Catalogue, Check};
pub use control::{Changed, Control, ControlStatus, ForgetError, Receipt};
pub use error::{FlushError, Setting, StartError};
pub use event::{CallId, ErrorReport, ErrorText, Event, EventKind, Misuse, NamedValue, Outcome, Panic, Place};
pub use guard::Guard;
pub use hashed::Hashed;
pub use identity::{Environment, Identity, IdentitySource, InstallIdKind};
pub use launch::Recording;
pub use level::{Level, UnknownLevel};
pub use loss::{Counts, Loss};
pub use metrics::{Counter, Counters, Gauge, Gauges, Series};
pub use resolve::{Decision, Development, Form};
pub use snapshot::{Schedule, Snapshot};
pub use status::Status;
pub use telemetry::Telemetry;
pub use thinning::{Limit, Per, Thinning};
pub use trace::Frame;
pub use usage::UsageMeter;
pub use value::{
    Bucket, Buckets, ClosedEnum, Described, Field, Id, Identifier, IdentifierKind, Label, ListItem, Template, Value,
    ValueKind, ValueRef,
};
pub use version::{NotAVersion, Version};

#[cfg(feature = "clap")]
pub use self::clap::TelemetryCommand;
#[cfg(feature = "clap")]
pub use flags::Flags;

pub use telemetry_macros::{ClosedEnum, Field, Snapshot, tracked};
