//! The macros that need no proc-macro.

/// Puts fields on the finish event of the innermost tracked call.
///
/// The values are taken by reference, so nothing is moved, and evaluated only while a call is recorded. Their types are those of
/// [`Field`](crate::Field). A name that was recorded before gets the new value. Outside a tracked call nothing happens.
///
/// ```
/// use telemetry_runtime::{record, tracked};
///
/// #[tracked]
/// fn sync(tables: &[String], dry_run: bool) {
///     record!(tables = tables.len(), dry_run = dry_run);
/// }
/// # sync(&[], true);
/// ```
///
/// What the catalogue says of a field is exact where the value is a literal, or where its type is written:
///
/// ```
/// use telemetry_runtime::{label, record, Label};
/// # let tables = [0_u64];
///
/// record!(dry_run = true, tables: usize = tables.len(), mode: Label = label!("append"));
/// ```
///
/// What a user typed does not compile:
///
/// ```compile_fail,E0277
/// # use telemetry_runtime::{record, tracked};
/// #[tracked]
/// fn sync(path: &str) {
///     record!(path = path);
/// }
/// ```
#[macro_export]
macro_rules! record {
    ($($name:ident $(: $type:ty)? = $value:expr),+ $(,)?) => {
        if $crate::private::is_recording() {
            $($crate::__addition!($name, [$($type)?], $value);
            $crate::private::record($crate::__field_name!($name), $($crate::private::described::<$type>)?(&$value));)+
        }
    };
    ($($other:tt)*) => {
        ::core::compile_error!("write `record!(name = value)` or `record!(name: Type = value)`, with as many fields as you like")
    };
}

/// Adds to number fields on the finish event of the innermost tracked call, which begin at 0.
///
/// ```
/// use telemetry_runtime::{add, tracked};
///
/// #[tracked]
/// fn sync(rows: &[Option<u32>]) {
///     for row in rows {
///         if row.is_none() {
///             add!(bad_rows = 1);
///         }
///     }
/// }
/// # sync(&[None]);
/// ```
#[macro_export]
macro_rules! add {
    ($($name:ident $(: $type:ty)? = $value:expr),+ $(,)?) => {
        if $crate::private::is_recording() {
            $($crate::__addition!($name, [$($type)?], $value);
            $crate::private::add($crate::__field_name!($name), $($crate::private::described::<$type>)?(&$value));)+
        }
    };
    ($($other:tt)*) => {
        ::core::compile_error!("write `add!(name = value)` or `add!(name: Type = value)`, with as many fields as you like")
    };
}

/// A fixed text that may be a field: a literal, or what a variable said when the program was built. Nothing else.
///
/// ```
/// use telemetry_runtime::label;
///
/// assert_eq!(label!("stable").as_str(), "stable");
/// assert_eq!(label!(env!("CARGO_PKG_NAME")).as_str(), "telemetry-runtime");
/// // … and where it was not set then:
/// assert_eq!(label!(option_env!("DEMO_GIT_COMMIT"), "unknown").as_str(), "unknown");
/// ```
///
/// ```compile_fail
/// let typed: &'static str = std::env::args().next().unwrap().leak();
/// telemetry_runtime::label!(typed);
/// ```
#[macro_export]
macro_rules! label {
    ($text:literal) => {
        $crate::__label!($text)
    };
    (env!($name:literal)) => {
        $crate::__label!(::core::env!($name))
    };
    (option_env!($name:literal), $otherwise:literal) => {
        $crate::__label!(match ::core::option_env!($name) {
            ::core::option::Option::Some(said) => said,
            ::core::option::Option::None => $otherwise,
        })
    };
    ($($other:tt)*) => {
        ::core::compile_error!("a label is a literal, as `label!(\"stable\")`, or `label!(env!(\"NAME\"))`: its text is known when the program is built")
    };
}

/// The ranges that numbers are told by: each begins at one of these and ends before the next.
///
/// ```
/// use telemetry_runtime::{buckets, record};
///
/// let rows = 57;
/// record!(rows = buckets![0, 10, 100, 1_000].of(rows)); // "10-99"
/// ```
///
/// The numbers rise:
///
/// ```compile_fail,E0080
/// telemetry_runtime::buckets![10, 0];
/// ```
#[macro_export]
macro_rules! buckets {
    ($($start:expr),+ $(,)?) => {{
        const STARTS: &[u64] = &[$($start),+];
        const _: () = ::core::assert!($crate::Buckets::rise(STARTS), "each number is to be larger than the one before it");
        $crate::Buckets::new(STARTS)
    }};
}

/// The form of a text whose parts may be a user's, with words in the place of those: a literal, and nothing else.
///
/// ```
/// use telemetry_runtime::{record, template};
///
/// record!(route = template!("/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify"));
/// ```
#[macro_export]
macro_rules! template {
    ($text:literal) => {
        $crate::Template::new($crate::__label!($text))
    };
    ($($other:tt)*) => {
        ::core::compile_error!("a template is a literal, as `template!(\"/tables/TABLE_NAME\")`: nothing is filled in")
    };
}

/// Reports an error from where the program handles it: an event that the level `errors` lets through, as panics.
///
/// ```
/// use std::error::Error;
/// use telemetry_runtime::{ClosedEnum, Id, report_error, template};
///
/// #[derive(ClosedEnum)]
/// enum Mode { Cli, Server }
///
/// fn route(table: &str) -> Result<(), Box<dyn Error>> {
///     Err(format!("no table {table}").into())
/// }
///
/// # let server = None::<Id>;
/// if let Err(error) = route("a user's word") {
///     report_error!(
///         event = "Main/RUN_TIME_ERROR",
///         purpose = "which pages fail",
///         error_text = error,                // what the error says goes with it, and the catalogue shows that it does
///         stack,                             // … and the calls that led here: with the feature `backtrace`, on Linux
///         url = template!("/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify"),
///         console_mode: Mode = Mode::Cli,
///         server_uuid: Option<Id> = server,
///     );
/// }
/// ```
///
/// The event has the name that comes first, the place in the source, the tracked call that it is in, and the fields, whose types are those
/// of [`Field`](crate::Field): their values are taken by reference, and evaluated only where the report is recorded. `error` is no
/// field's name.
///
/// | Argument | Says |
/// |---|---|
/// | `event = "…"` | what the event is called; always the first one |
/// | `error_text = …` | the error, or anything else that prints: what it says goes with the event, 4 KiB at most. Without it no word of the error does, debug telemetry or not |
/// | `stack` | the calls that led here go with it, too |
/// | `purpose = "…"`, `owner = "…"` | what it is for and who answers for it, for the catalogue |
/// | `expires = "2027-06"` | the last month, or day, in which it is recorded |
/// | `name = value`, `name: Type = value` | a field, as [`record!`](crate::record) has it |
///
/// The report is on disk when the macro is done. One place in the source has at most 10 a minute recorded, and a run 1,000: the others
/// are counted as [`Loss::Limited`](crate::Loss::Limited), and the next one says how many they were.
///
/// Not every error is a fault of the program's. Those that are expected (somebody is not signed in, a server cannot be
/// reached, a run was interrupted) are told apart by a `match` of the program's, which reports the others:
///
/// ```
/// use std::io::{Error, ErrorKind};
/// use telemetry_runtime::report_error;
///
/// fn failed(error: &Error) {
///     match error.kind() {
///         ErrorKind::PermissionDenied | ErrorKind::ConnectionRefused | ErrorKind::Interrupted => {}
///         _ => report_error!(event = "Sync Failed"),
///     }
/// }
/// # failed(&Error::other("x"));
/// ```
///
/// What a user typed does not compile as a field:
///
/// ```compile_fail,E0277
/// # use telemetry_runtime::report_error;
/// # let error = std::io::Error::other("/home/alice/secret.csv");
/// report_error!(event = "Sync Failed", why = error.to_string());
/// ```
#[macro_export]
macro_rules! report_error {
    (event = $event:literal $(, $($arguments:tt)*)?) => {
        $crate::__report_error!(@ $event [] [] [] [] [false] $($($arguments)*)?)
    };
    ($($other:tt)*) => {
        ::core::compile_error!("write `report_error!(event = \"…\", name = value)`: the event's name first, and it is a literal")
    };
}

/// Numbers of the program that only rise, as statics: how often something happened, or how much there was of it.
///
/// ```
/// use telemetry_runtime::counter;
///
/// counter! {
///     /// Bytes of the requests' bodies.
///     pub REQUEST_BYTES: "http_request_bytes_total", purpose = "how much is asked for";
///     REQUESTS: "http_requests_total";
/// }
///
/// REQUESTS.add(1); // one atomic addition, also where telemetry is off
/// REQUEST_BYTES.add(512);
/// ```
///
/// All metrics of the program that were ever something else than 0 are recorded as one event, once an hour
/// ([`Builder::metrics_interval`](crate::Builder::metrics_interval)): `{"http_requests_total":[{"value":1}], …}`.
#[macro_export]
macro_rules! counter {
    ($($(#[$attribute:meta])* $visible:vis $static:ident : $name:literal $(, purpose = $purpose:literal)?);+ $(;)?) => {
        $($crate::__metric!(Counter, [$(#[$attribute])*], [$visible], $static, $name, [$($purpose)?]);)+
    };
    ($($other:tt)*) => {
        ::core::compile_error!("write `counter! { REQUESTS: \"requests_total\", purpose = \"…\" }`, with as many as you like and `;` between them");
    };
}

/// Numbers of the program that are what they are now, as statics: how many connections there are.
///
/// ```
/// use telemetry_runtime::gauge;
///
/// gauge! { CONNECTIONS: "http_connections", purpose = "how many are served at once" }
///
/// CONNECTIONS.add(1);
/// CONNECTIONS.add(-1);
/// CONNECTIONS.set(7);
/// ```
///
/// Recorded as those of [`counter!`](crate::counter).
#[macro_export]
macro_rules! gauge {
    ($($(#[$attribute:meta])* $visible:vis $static:ident : $name:literal $(, purpose = $purpose:literal)?);+ $(;)?) => {
        $($crate::__metric!(Gauge, [$(#[$attribute])*], [$visible], $static, $name, [$($purpose)?]);)+
    };
    ($($other:tt)*) => {
        ::core::compile_error!("write `gauge! { CONNECTIONS: \"connections\", purpose = \"…\" }`, with as many as you like and `;` between them");
    };
}

/// Counters that are told apart by up to four labels.
///
/// ```
/// use telemetry_runtime::{ClosedEnum, Hashed, counters};
///
/// #[derive(ClosedEnum)]
/// enum Operation { Query, Mutation }
/// #[derive(ClosedEnum)]
/// enum Status { Success, Failed }
///
/// counters! {
///     REQUESTS: "graphql_requests_total" { operation_type: Operation, response_status: Status }, purpose = "what is asked for";
///     ROWS: "rows_total" { source: Hashed };
/// }
///
/// REQUESTS.of((Operation::Query, Status::Failed)).add(1);
/// ROWS.of(Hashed::of("a name of the user's")).add(100);
/// ```
///
/// A label is a [`ClosedEnum`](crate::ClosedEnum), of which all words are known: then there is a place for each combination, 64 at most,
/// and counting is one atomic addition. Or it is a [`Label`](crate::Label), a [`Hashed`](crate::Hashed) or a plugin's
/// [`Identifier`](crate::Identifier): then there is room for 63 combinations, which are compared one by one, and the rest is counted
/// together as `{"other":true,"value":…}`.
///
/// Recorded as those of [`counter!`](crate::counter): `"graphql_requests_total":[{"operation_type":"query","response_status":"failed","value":1}]`.
#[macro_export]
macro_rules! counters {
    ($($(#[$attribute:meta])* $visible:vis $static:ident : $name:literal { $($label:ident : $type:ty),+ $(,)? } $(, purpose = $purpose:literal)?);+ $(;)?) => {
        $($crate::__metrics!(Counters, Counter, [$(#[$attribute])*], [$visible], $static, $name, [$($label: $type),+], [$($purpose)?]);)+
    };
    ($($other:tt)*) => {
        ::core::compile_error!("write `counters! { REQUESTS: \"requests_total\" { status: Status }, purpose = \"…\" }`, with as many as you like and `;` between them");
    };
}

/// Gauges that are told apart by up to four labels, as [`counters!`](crate::counters) are.
///
/// ```
/// use telemetry_runtime::{ClosedEnum, Label, gauges, label};
///
/// #[derive(ClosedEnum)]
/// enum Role { Primary, Replica }
///
/// gauges! { CONNECTIONS: "postgres_connections" { role: Role, source_name: Label } }
///
/// CONNECTIONS.of((Role::Primary, label!("default"))).set(1);
/// ```
#[macro_export]
macro_rules! gauges {
    ($($(#[$attribute:meta])* $visible:vis $static:ident : $name:literal { $($label:ident : $type:ty),+ $(,)? } $(, purpose = $purpose:literal)?);+ $(;)?) => {
        $($crate::__metrics!(Gauges, Gauge, [$(#[$attribute])*], [$visible], $static, $name, [$($label: $type),+], [$($purpose)?]);)+
    };
    ($($other:tt)*) => {
        ::core::compile_error!("write `gauges! { CONNECTIONS: \"connections\" { role: Role }, purpose = \"…\" }`, with as many as you like and `;` between them");
    };
}

/// A metric without labels.
#[doc(hidden)]
#[macro_export]
macro_rules! __metric {
    ($kind:ident, [$($attribute:tt)*], [$visible:vis], $static:ident, $name:literal, [$($purpose:literal)?]) => {
        $($attribute)*
        $visible static $static: $crate::$kind = $crate::$kind::new();
        $crate::__listed_metric!($kind, $static, $name, [], [$($purpose)?]);
    };
}

/// A metric with labels.
#[doc(hidden)]
#[macro_export]
macro_rules! __metrics {
    ($kind:ident, $cell:ident, [$($attribute:tt)*], [$visible:vis], $static:ident, $name:literal, [$($label:ident: $type:ty),+], [$($purpose:literal)?]) => {
        $($attribute)*
        $visible static $static: $crate::$kind<
            ($($type,)+),
            { <($($type,)+) as $crate::private::Labels>::KNOWN },
            { <($($type,)+) as $crate::private::Labels>::UNKNOWN },
        > = $crate::$kind::new();
        $crate::__listed_metric!($cell, $static, $name, [$($label: $type),+], [$($purpose)?]);
    };
}

/// Has the compiler check a metric's names, and the linker put it on the list of all.
#[cfg(feature = "record")]
#[doc(hidden)]
#[macro_export]
macro_rules! __listed_metric {
    ($cell:ident, $static:ident, $name:literal, [$($label:ident: $type:ty),*], [$($purpose:literal)?]) => {
        const _: () = {
            $crate::__metric_names!($name $(, $label)*);
            #[$crate::private::linkme::distributed_slice($crate::private::TELEMETRY_METRICS)]
            #[linkme(crate = $crate::private::linkme)]
            static METRIC: $crate::private::Metric = $crate::private::Metric::new(
                $name,
                (::core::stringify!($static), $crate::private::module_path!()),
                &[$((::core::stringify!($label), <$type as $crate::private::SeriesLabel>::KIND)),*],
                <$crate::$cell as $crate::private::Cell>::KIND,
                &$static,
                $crate::private::tell_metrics,
            )$(.purpose($purpose))?;
        };
    };
}

/// There is no list.
#[cfg(not(feature = "record"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __listed_metric {
    ($cell:ident, $static:ident, $name:literal, [$($label:ident: $type:ty),*], [$($purpose:literal)?]) => {
        $crate::__metric_names!($name $(, $label)*);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __metric_names {
    ($name:literal $(, $label:ident)*) => {
        const _: () = ::core::assert!(
            $crate::private::is_field_name($name),
            "a metric's name is snake case: a small letter, then small letters, digits and underscores, 64 at most"
        );
        $(const _: () = ::core::assert!(
            $crate::private::is_label_name(::core::stringify!($label)),
            "a label's name is snake case, as a field's is, and neither `value` nor `other`"
        );)*
    };
}

/// The program that this is written in: the binary's name (or the package's, in a library) unless a literal gives another, the
/// package's version, and whether it is a debug build, all from Cargo.
///
/// ```
/// use telemetry_runtime::{Telemetry, app};
///
/// let builder = Telemetry::builder(app!());
/// let renamed = Telemetry::builder(app!("demo"));
/// ```
#[macro_export]
macro_rules! app {
    () => {
        $crate::__app!(match ::core::option_env!("CARGO_BIN_NAME") {
            ::core::option::Option::Some(name) => name,
            ::core::option::Option::None => ::core::env!("CARGO_PKG_NAME"),
        })
    };
    ($name:literal) => {
        $crate::__app!($name)
    };
}

/// Sorts the arguments of a report: the event, what all arguments are called, what is known of the place, the fields (each its name,
/// what is known of its type), what is put on the report, in order, and whether the stack is wanted.
#[doc(hidden)]
#[macro_export]
macro_rules! __report_error {
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$({$field:ident [$kind:expr]})*] [$({$($step:tt)*})*] [$has_stack:literal]) => {
        if $crate::private::may_report() {
            const _: () = ::core::assert!(
                $crate::private::is_event_name($event),
                "an event's name has 1 to 128 bytes, no control characters, and no space at its ends"
            );
            const _: () = ::core::assert!(
                $crate::private::are_distinct(&[$(::core::stringify!($name)),*]),
                "an argument is given twice"
            );
            $(const _: () = ::core::assert!(
                $crate::private::is_report_field_name(::core::stringify!($field)),
                "a field's name is snake case (a small letter, then small letters, digits and underscores, 64 at most) and none that the macro has itself"
            );)*
            // Names that no constant or static of the program's has: a pattern would be compared with it.
            let telemetry_begun_report = $crate::__begin_report!($event [$($known)*] [$((::core::stringify!($field), $kind)),*]);
            if let ::core::option::Option::Some(mut telemetry_report) = telemetry_begun_report {
                $($crate::__report_step!(telemetry_report $($step)*);)*
                telemetry_report.record($has_stack);
            }
        }
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] purpose = $purpose:literal $(, $($rest:tt)*)?) => {
        $crate::__report_error!(@ $event [$($name)* purpose] [$($known)* .purpose($purpose)] [$($kinds)*] [$($steps)*] [$($stack)*] $($($rest)*)?)
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] owner = $owner:literal $(, $($rest:tt)*)?) => {
        $crate::__report_error!(@ $event [$($name)* owner] [$($known)* .owner($owner)] [$($kinds)*] [$($steps)*] [$($stack)*] $($($rest)*)?)
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] expires = $expires:literal $(, $($rest:tt)*)?) => {
        $crate::__report_error!(@ $event [$($name)* expires] [$($known)* .expires({
            const _: () = ::core::assert!(
                $crate::private::is_expiry($expires),
                "expected the last month or day, as in `expires = \"2027-06\"` or `expires = \"2027-06-30\"`"
            );
            $expires
        })] [$($kinds)*] [$($steps)*] [$($stack)*] $($($rest)*)?)
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] purpose = $other:expr $(, $($rest:tt)*)?) => {
        ::core::compile_error!("`purpose` is a literal: the catalogue shows it as it is written")
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] owner = $other:expr $(, $($rest:tt)*)?) => {
        ::core::compile_error!("`owner` is a literal: the catalogue shows it as it is written")
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] expires = $other:expr $(, $($rest:tt)*)?) => {
        ::core::compile_error!("`expires` is a literal: the catalogue shows it as it is written")
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] error_text = $text:expr $(, $($rest:tt)*)?) => {
        $crate::__report_error!(@ $event [$($name)* error_text] [$($known)* .error_text()] [$($kinds)*] [$($steps)* {text [$text]}] [$($stack)*] $($($rest)*)?)
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] stack $(, $($rest:tt)*)?) => {
        $crate::__report_error!(@ $event [$($name)* stack] [$($known)*] [$($kinds)*] [$($steps)*] [true] $($($rest)*)?)
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] $field:ident = $value:expr $(, $($rest:tt)*)?) => {
        $crate::__report_error!(@ $event [$($name)* $field] [$($known)*] [$($kinds)* {$field [$crate::__kind_of!($value)]}] [$($steps)* {field $field [] [$value]}] [$($stack)*] $($($rest)*)?)
    };
    (@ $event:literal [$($name:ident)*] [$($known:tt)*] [$($kinds:tt)*] [$($steps:tt)*] [$($stack:tt)*] $field:ident : $type:ty = $value:expr $(, $($rest:tt)*)?) => {
        $crate::__report_error!(@ $event [$($name)* $field] [$($known)*] [$($kinds)* {$field [<$type as $crate::private::Described>::KIND]}] [$($steps)* {field $field [$crate::private::described::<$type>] [$value]}] [$($stack)*] $($($rest)*)?)
    };
    ($($other:tt)*) => {
        ::core::compile_error!("after the event's name come `error_text = error`, `stack`, `purpose = \"…\"`, `owner = \"…\"`, `expires = \"2027-06\"`, and fields: `name = value` or `name: Type = value`")
    };
}

/// Puts an argument on a report, in the order in which they are written.
#[doc(hidden)]
#[macro_export]
macro_rules! __report_step {
    ($report:ident field $field:ident [$($check:tt)*] [$value:expr]) => {
        $report.field(::core::stringify!($field), $($check)*(&$value))
    };
    ($report:ident text [$error:expr]) => {
        $report.text(&$error)
    };
}

/// What is known of a value's type where nothing is said of it.
#[doc(hidden)]
#[macro_export]
macro_rules! __kind_of {
    ($value:literal) => {
        $crate::private::kind_of(&$value)
    };
    ($value:expr) => {
        $crate::private::ValueKind::ANY
    };
}

/// Has the linker put a place that reports errors on the list of all, and begins a report there.
#[cfg(feature = "record")]
#[doc(hidden)]
#[macro_export]
macro_rules! __begin_report {
    ($event:literal [$($known:tt)*] [$($field:expr),*]) => {{
        static LIMITER: $crate::private::Limiter = $crate::private::report_limiter();
        #[$crate::private::linkme::distributed_slice($crate::private::TELEMETRY_REPORTS)]
        #[linkme(crate = $crate::private::linkme)]
        static SITE: $crate::private::ReportSite = $crate::private::ReportSite::new(
            $event,
            $crate::private::module_path!(),
            ($crate::private::file!(), $crate::private::line!(), $crate::private::column!()),
            &[$($field),*],
            &LIMITER,
        )$($known)*;
        $crate::private::Report::begin(&SITE)
    }};
}

/// There is no list.
#[cfg(not(feature = "record"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __begin_report {
    ($event:literal [$($known:tt)*] [$($field:expr),*]) => {
        $crate::private::Report::begin()
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __app {
    ($name:expr) => {
        $crate::App::new(
            $crate::__label!($name),
            $crate::__label!(::core::env!("CARGO_PKG_VERSION")),
            ::core::cfg!(debug_assertions),
            ::core::cfg!(test),
        )
    };
}

/// Has the linker put a field on the list of those that calls may add.
#[cfg(feature = "record")]
#[doc(hidden)]
#[macro_export]
macro_rules! __addition {
    ($name:ident, [], $value:literal) => {
        $crate::__addition!(@ $name, $crate::private::kind_of(&$value));
    };
    ($name:ident, [], $value:expr) => {
        $crate::__addition!(@ $name, $crate::private::ValueKind::ANY);
    };
    ($name:ident, [$type:ty], $value:expr) => {
        $crate::__addition!(@ $name, <$type as $crate::private::Described>::KIND);
    };
    (@ $name:ident, $kind:expr) => {{
        #[$crate::private::linkme::distributed_slice($crate::private::TELEMETRY_ADDITIONS)]
        #[linkme(crate = $crate::private::linkme)]
        static ADDITION: $crate::private::Addition = $crate::private::Addition::new(
            ::core::stringify!($name),
            $kind,
            $crate::private::module_path!(),
            $crate::private::line!(),
        );
    }};
}

/// There is no list.
#[cfg(not(feature = "record"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __addition {
    ($name:ident, [$($type:ty)?], $value:expr) => {};
}

/// A label of any text that is known when the program is compiled.
#[doc(hidden)]
#[macro_export]
macro_rules! __label {
    ($text:expr) => {{
        struct Text;
        impl $crate::private::Literal for Text {
            const TEXT: &'static str = $text;
        }
        $crate::Label::of($crate::private::PhantomData::<Text>)
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __field_name {
    ($name:ident) => {{
        const NAME: &str = ::core::stringify!($name);
        const _: () = ::core::assert!(
            $crate::private::is_field_name(NAME),
            "a field's name is snake case: a small letter, then small letters, digits and underscores, 64 at most"
        );
        NAME
    }};
}
