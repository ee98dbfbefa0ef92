//! `#[tracked]` and the derives: the compile-time half of `telemetry-runtime`, which exports them.
//!
//! ```text
//! #[tracked(ARGUMENTS)] FUNCTION
//!     │
//!     ├─ args      ARGUMENTS ─▶ Args        each value with the key that named it
//!     ├─ item      FUNCTION  ─▶ Function    split, not parsed
//!     ▼
//!   model          Args + Function ─ validate, returns ─▶ Model        every question answered
//!     ▼
//!   expand         Model ─▶ the same function                          cannot fail
//!     ├─ exits     a copy of the body ─▶ the copy with marks
//!     └─ weave     the body + the marked copy ─▶ the body's own tokens with ours between them
//! ```
//!
//! Whatever goes wrong before `expand` is collected in `diagnostics` and shown together, beside the untouched
//! function: one mistake gives one message, and none about a function that is missing.
#![forbid(unsafe_code)]

// A file imports only from files above it in this list.
mod diagnostics;
mod args;
mod item;
mod paths;
mod returns;
mod parts;
mod validate;
mod model;
mod hidden;
mod weave;
mod exits;
mod expand;
mod options;
mod closed_enum;
mod structure;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::args::Args;
use crate::diagnostics::Faults;
use crate::item::Function;
use crate::model::Model;

/// Records when a function starts, when it finishes, how long it took and whether it failed. Nothing else: no argument, no
/// return value, no error text.
///
/// ```ignore
/// use telemetry_runtime::tracked;
///
/// #[tracked]                              // "Plugin Install Started" … "Plugin Install Finished"
/// async fn plugin_install(name: &str) -> Result<(), InstallError> {
///     let archive = download(name).await?; // leaving here is an error,
///     unpack(&archive)?;                   // and so is here;
///     Ok(())                               // dropping the future while it waits is a cancellation
/// }
///
/// #[tracked(event = "Sync Started", fields(tables = args.tables.len(), dry_run = args.dry_run))]
/// fn sync(args: &SyncArgs) -> anyhow::Result<()> {
///     Ok(())
/// }
///
/// #[tracked(event = "Login", emit = success)]
/// fn log_in(token: Token) -> Result<User, LoginError> {
///     verify(token)
/// }
/// ```
///
/// # Arguments
///
/// | Argument | Default | Meaning |
/// |---|---|---|
/// | `event = "Sync Started"` | the function's name in title case | the names of both events: a trailing ` Started` becomes ` Finished` for the finish (`_started` becomes `_finished`), a bare `Sync` gets both endings |
/// | `finish = "Sync Completed"` | derived | the name of the finish event, when it is not derived |
/// | `emit = both` | `both` | which events there are: `both`, `start`, `finish`, or `success` (one event, if the outcome is ok). For a single event, `event` is used as it is written |
/// | `fields(name = expression, name: Type = expression, …)` | none | values to send with both events; the type is for the catalogue, which also knows that of a literal; evaluated at the start, by reference, and only while telemetry is on. The types form a [closed set](derive@ClosedEnum): a `String` or a path does not compile |
/// | `error = function` | by type | a path or a closure from `&R` to `bool` that says whether a returned `R` is an error |
/// | `purpose = "…"`, `owner = "…"` | none | what the events are for and who answers for them, in the catalogue |
/// | `expires = "2027-06"` | never | the last month, or day (`"2027-06-30"`), in UTC; afterwards nothing of the call is recorded, and its fields are not evaluated |
/// | `identifiable`, `identifiable = when_known` | anonymous | the events say who is signed in, and are recorded only while somebody is; or in any case. Others never say it |
/// | `error_text` | none | what the error says, as it prints, goes on the finish event, 4 KiB at most: see below |
/// | `aggregate` | an event a call | for hot functions: calls are only counted, and one event from time to time says how many there were, how they ended and how long they took: see below |
/// | `sample = 0.01` | every call | only this part of the calls is recorded, chosen at random: see below |
/// | `limit = "100/min"` | every call | only so many calls are recorded in a time (`s`, `min`, `h`, `day`): see below |
/// | `crate = path` | `::telemetry_runtime` | where the runtime is, if it is re-exported |
///
/// Names are at most 128 bytes without control characters; fields are `snake_case`, at most 64 bytes, at most 32 of them.
///
/// # Hot functions
///
/// With `aggregate`, a call costs two looks at the clock and two additions: it has no events, no id and no fields, and allocates nothing. Every
/// minute (`Builder::aggregate_interval`), at a flush and at the end of the process, one event of the kind *aggregate* says what the calls
/// since came to: how many, how many with an error, a panic or a cancellation, how long together, and how many took how long. Its name
/// is `event` as it is written, or the one that the finish would have had. A kill costs what was not told yet. A call is no parent, and
/// what `record!` and `add!` say in it goes onto the recorded call round it, as in a function without the attribute.
///
/// With `sample`, it is decided when a call begins whether it is recorded, start and finish. Of one that is not, nothing is: `fields` are not evaluated and
/// `record!` has no effect. What it calls is recorded by itself, with the recorded call round it as parent. Events say
/// `sample_rate`, so that a receiver can multiply. Panics are reported all the same.
///
/// With `limit`, a process records no more than so many calls in each second, minute, hour or day of its own time. The others are as
/// those that `sample` leaves out, but counted: as [`Loss::Limited`] in the books, and as `suppressed` on the first event of the next call of this
/// function that is recorded. With both, the limit is for those that were chosen.
///
/// In a test's capture, every call of such functions is recorded, and an aggregate is among the events, behind all others.
///
/// [`Loss::Limited`]: https://docs.rs/telemetry-runtime/latest/telemetry_runtime/enum.Loss.html
///
/// # What an error says
///
/// It is content: somebody may have typed it. It is sent of functions that declare `error_text`, and of all others while the user has
/// turned debug telemetry on; otherwise the error is not even asked. It has to print (`Display`); of one that does not, nothing is said.
///
/// With `error_text`, in a function whose return type is called `…Result`: of every `Err(…)`, every value that turns out to be one, and
/// every `?`, which takes a `Result` there, after the conversion. Without, of the first two. Never of what a macro hides (`bail!`), nor
/// in a future without a name (`async_trait`).
///
/// # Outcomes
///
/// | How a call ends | Outcome |
/// |---|---|
/// | `Ok(…)` of a `Result`, `ExitCode::SUCCESS`, any value of a type that carries no error | ok |
/// | `Err(…)`, `?`, `return Err(…)`, `bail!`, another exit code, a value for which `error` says so | error |
/// | a panic | panicked |
/// | the future is dropped while it waits at an `.await` of the function | cancelled |
/// | the future is never polled | no call: nothing is recorded |
///
/// A tracked call within another names it as its parent, also across `.await` and in futures that move between threads. A task or
/// a thread that is spawned begins anew: its calls have no parent. Methods of one name (`new`) have events of one name: tell them
/// apart by `event`.
///
/// Results are recognized by the name of the return type (`Result`, `io::Result`, `MyResult`), and behind an alias of any
/// other name by asking the compiler. A function that ends with `async { … }` or `Box::pin(async { … })` and says what its
/// future returns is tracked while that future runs; that is also how methods under `#[async_trait]` are.
///
/// What cannot be seen is what a macro hides. A `return Ok(…)` inside a macro of somebody else counts as an error in a
/// function that returns a `Result`; give `error` or move the `return` out. Of such a macro that is given an `.await` it is
/// known that the function may wait in it, unless it is given a `?` or a `return` as well.
/// A body in a syntax newer than this crate's parser has no visible exits at all, so in a function that returns a
/// `Result` every one of them counts as an error.
///
/// # What it does not do
///
/// The function stays the function that was written: the same signature, attributes, body and drop order, the same types
/// of futures, the same panics, the same warnings and compile errors. There is no closure, no inner function and no second
/// future round the body. What is added is one local at the start and a call round the values that may be a success.
///
/// What that makes visible:
///
/// * A tracked function cannot be a `const fn`, and `clippy::missing_const_for_fn` does not suggest to make it one.
/// * The value at the end is an argument of a call. A few lints that look at exactly that expression are silent
///   (`clippy::question_mark` in `if x.is_err() { return x; }`, `clippy::large_futures` at an `.await`), and an error about its
///   type may be said twice at the same place.
/// * Under `#![forbid(clippy::pedantic)]`, clippy warns that a static of ours `allow`s two of its lints. `deny` is no hindrance.
/// * `#![forbid(unreachable_code)]` and a tracked function that returns a `Result` from a call do not go together: the
///   expansion has to `allow` that lint there. `deny` is no hindrance.
/// * A future grows by at most eight bytes a level, and by 32 with `aggregate`. Without optimisation a stack frame grows by up to 64 bytes, and by the
///   value and 16 bytes for each further exit whose value is looked at.
///
/// Without the runtime's `record` feature the attribute leaves the function untouched. Expressions in `fields` and `error`
/// are type-checked all the same, in code that never runs.
///
/// # Errors
///
/// Every mistake in the arguments is reported at its own token, all of them at once, and the function is still there, so
/// that nothing else is reported because of it. It is an error to track what is no function, has no body, or is a
/// `const fn` or a naked one.
#[proc_macro_attribute]
pub fn tracked(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let expand = if cfg!(feature = "record") { expand::recorded } else { expand::checked };
    expand_tracked(arguments.into(), &item.into(), expand).into()
}

/// Lets the values of an enum be sent as telemetry fields: all of them are known before the program runs, so none can carry
/// what a user typed.
///
/// ```ignore
/// use telemetry_runtime::{ClosedEnum, tracked};
///
/// #[derive(ClosedEnum)]
/// enum Format {
///     Csv,                                // "csv"
///     JsonLines,                          // "json_lines"
///     #[telemetry(rename = "xlsx")]
///     Spreadsheet,                        // "xlsx"
/// }
///
/// #[tracked(fields(format = format))]
/// fn export(format: Format) -> std::io::Result<()> {
///     Ok(())
/// }
/// ```
///
/// # Options
///
/// | Option | On | Meaning |
/// |---|---|---|
/// | `#[telemetry(rename_all = "…")]` | the enum | `snake_case` (the default), `SCREAMING_SNAKE_CASE`, `kebab-case`, `lowercase`, `UPPERCASE` or `PascalCase` |
/// | `#[telemetry(rename = "…")]` | a variant | its name on the wire, as it is written |
/// | `#[telemetry(crate = path)]` | the enum | where the runtime is, if it is re-exported |
///
/// # Errors
///
/// If anything but an enum is derived, a variant has data, or two variants have the same name.
#[proc_macro_derive(ClosedEnum, attributes(telemetry))]
pub fn derive_closed_enum(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    closed_enum::derive(input.into()).into()
}

/// Lets a struct be a telemetry field, if all its members can: one value with the members inside.
///
/// ```ignore
/// use telemetry_runtime::{Field, record};
///
/// #[derive(Field)]
/// struct Permissions {
///     roles: u32,
///     select: u32,
///     delete: Option<u32>,                // `None` is absent
/// }
///
/// record!(permissions: Permissions = Permissions { roles: 1, select: 2, delete: None });   // {"roles":1,"select":2}
/// ```
///
/// Members are what fields are, and lists of such structs, and other such structs, 4 deep at most. A struct has 64 members at most.
/// It may borrow; type parameters it has none.
///
/// # Options
///
/// | Option | On | Meaning |
/// |---|---|---|
/// | `#[telemetry(rename = "…")]` | a member | its name on the wire, which is `snake_case` |
/// | `#[telemetry(crate = path)]` | the struct | where the runtime is, if it is re-exported |
///
/// # Errors
///
/// If anything but a struct with named members is derived, or a member is no field: a `String` or a path does not compile.
#[proc_macro_derive(Field, attributes(telemetry))]
pub fn derive_field(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    structure::derive_field(input.into()).into()
}

/// Lets a struct be an event of its own, that the program gives from time to time: a snapshot of its state. Each member is a field
/// of the event. What [`Field`](derive@Field) gives is given too, with its options.
///
/// ```ignore
/// use std::time::Duration;
/// use telemetry_runtime::{Schedule, Snapshot};
///
/// #[derive(Snapshot)]
/// #[snapshot(event = "server_metrics", purpose = "how large databases are", owner = "server team")]
/// struct ServerMetrics {
///     tables: u32,
///     views: u32,
/// }
///
/// telemetry.snapshot(Schedule::every(Duration::from_secs(24 * 60 * 60)), || [ServerMetrics::count()]);
/// ```
///
/// # Options
///
/// | Option in `#[snapshot(…)]` | Default | Meaning |
/// |---|---|---|
/// | `event = "server_metrics"` | the struct's name in snake case | the event's name |
/// | `purpose = "…"`, `owner = "…"` | none | what it is for and who answers for it, in the catalogue |
/// | `expires = "2027-06"` | never | the last month, or day (`"2027-06-30"`), in UTC; afterwards it is not asked for any more |
/// | `cumulative` | no | its numbers are counted from the program's start, and the event says since when |
///
/// # Errors
///
/// As for [`Field`](derive@Field).
#[proc_macro_derive(Snapshot, attributes(snapshot, telemetry))]
pub fn derive_snapshot(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    structure::derive_snapshot(input.into(), cfg!(feature = "record")).into()
}

/// Parses, validates and expands; or returns the faults and the item as it came.
fn expand_tracked(arguments: TokenStream, item: &TokenStream, expand: fn(&Model) -> TokenStream) -> TokenStream {
    let mut faults = Faults::new();
    let args = Args::parse(arguments, &mut faults);
    let function = Function::split(item.clone(), &mut faults);
    match Model::validate(args, function, faults) {
        Ok(model) => expand(&model),
        Err(faults) => quote!(#faults #item),
    }
}
