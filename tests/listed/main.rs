//! A program with one of everything that a catalogue can list.
//!
//! `listed page` and `listed schema` print what it can send, `listed check FILE` compares, and `listed run ENDPOINT STATE_DIR` sends one of
//! each event. Nothing but the last starts telemetry.
#![allow(clippy::print_stdout, reason = "a program that says what it can send")]
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use telemetry_runtime::{
    Bucket, Builder, Check, ClosedEnum, Described, Development, Field, Hashed, Identifier, Label, Schedule, Snapshot,
    Telemetry, Template, Value, ValueKind, Version, add, app, buckets, counter, counters, gauge, gauges, label, record,
    report_error, sink, template, tracked,
};

#[derive(Clone, Copy, ClosedEnum)]
enum Format {
    Csv,
    JsonLines,
}

struct Rows(u64);

impl Field for Rows {
    fn to_value(&self) -> Value {
        self.0.to_value()
    }
}

impl Described for Rows {
    const KIND: ValueKind = u64::KIND;
}

#[derive(Field)]
struct Size {
    rows: Rows,
    format: Format,
    parts: Vec<Part>,
}

#[derive(Field)]
struct Part {
    bytes: u64,
    #[telemetry(rename = "took")]
    duration: Option<Duration>,
}

#[derive(Snapshot)]
#[snapshot(event = "Sizes", purpose = "how large tables are | and where", owner = "sync team", cumulative)]
struct Sizes<'a> {
    tables: usize,
    largest: Hashed<'a>,
    size: Size,
}

counter! { ROWS: "rows_total", purpose = "how much there is" }
gauge! { OPEN: "open_tables" }
counters! { ERRORS: "errors_total" { format: Format, plugin: Identifier } }
gauges! { QUEUES: "queue_length" { format: Format } }

#[tracked(
    event = "Sync Started",
    purpose = "which formats are used | and how much",
    owner = "sync team",
    fields(
        tables: usize = tables.len(),
        dry_run = true,
        workers = 4_u64,
        ratio = -0.5,
        format: Format = format,
        mode = label!("append"),
        sizes: [u64] = tables[..],
        limit: Option<Duration> = None::<Duration>,
        since: SystemTime = SystemTime::UNIX_EPOCH,
        cli: Version = Version::new(1, 2, 3),
        unknown = tables.len(),
    )
)]
fn sync(tables: &[u64], format: Format) {
    let parts = vec![Part { bytes: 7, duration: None }, Part { bytes: 8, duration: Some(Duration::from_millis(2)) }];
    record!(size: Size = Size { rows: Rows(15), format, parts });
    ROWS.add(tables.iter().sum());
    OPEN.set(-1);
    ERRORS.of((format, Identifier::plugin("cloudquery/aws"))).add(1);
    QUEUES.of(format).add(2);
    for rows in tables {
        add!(rows: u64 = *rows, errors = 1);
    }
    record!(rows_range: Bucket = buckets![0, 10, 100, 1_000].of(tables.iter().sum()), first: Rows = Rows(1));
    record!(channel: Label = label!("stable"), done = true, untyped = tables.len());
}

/// Another function with the same event: together they are one entry.
#[tracked(event = "Sync Started", purpose = "which formats are used | and how much", fields(format: Label = label!("parquet")))]
fn sync_once() {}

#[tracked(event = "Route Called", emit = start, fields(route: Template = template!("/tables/TABLE_NAME/modify")))]
fn route() {}

#[tracked(event = "Login", emit = success)]
fn log_in(password: &str) -> Result<(), Failure> {
    if password == "letmein" { Ok(()) } else { Err(Failure("wrong password")) }
}

#[tracked(event = "Old Experiment", emit = finish, expires = "2020-01", fields(never = never()))]
fn expired() {
    expired_within();
}

#[tracked(event = "Within Expired", emit = finish)]
fn expired_within() {}

fn never() -> u8 {
    unreachable!("the field of an event that has expired")
}

#[tracked(event = "Still Going", emit = finish, expires = "9999-12-31")]
fn not_expired() {}

#[tracked(event = "Invoice", emit = finish, identifiable, purpose = "billing", fields(team: Identifier = Identifier::team("acme")))]
fn identifiable() {
    record!(team_size = 3);
}

#[tracked(event = "Anonymous", emit = finish, fields(
    team: Identifier = Identifier::team("secret-team"),
    plugin: Identifier = Identifier::plugin("cloudquery/aws"),
))]
fn anonymous() {
    identifiable();
}

#[derive(Debug)]
struct Failure(&'static str);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Does not print, and need not.
struct Silent;

impl From<Silent> for Failure {
    fn from(_: Silent) -> Self {
        Self("it was silent")
    }
}

fn silent() -> Result<(), Silent> {
    Err(Silent)
}

#[tracked(event = "Fails By Value", emit = finish, error_text)]
fn fails_by_value() -> Result<(), Failure> {
    Err(Failure("no \"table\" `a|b`\n in the second line"))
}

#[tracked(event = "Fails By Question", emit = finish, error_text)]
fn fails_by_question() -> Result<u8, Failure> {
    silent()?;
    Ok(1)
}

#[tracked(event = "Fails Unsaid", emit = finish)]
fn fails_unsaid() -> Result<(), Failure> {
    Err(Failure("unsaid-words"))
}

#[tracked(aggregate, purpose = "how fast rows are read")]
fn read_row(bad: bool) -> Result<(), Failure> {
    if bad { Err(Failure("unsaid-words")) } else { Ok(()) }
}

#[tracked(event = "Page Read", emit = finish, sample = 1, limit = "2/day")]
fn read_page() {}

/// Two places that report the same.
fn report(error: &Failure) {
    report_error!(
        event = "Page Failed",
        purpose = "which pages fail | and how",
        owner = "pages",
        error_text = error,
        stack,
        url: Template = template!("/tables/TABLE_NAME/modify"),
        tries = 3_u64,
        team = Identifier::team("secret-team"),
    );
    report_error!(event = "Page Failed", purpose = "which pages fail | and how", format: Format = Format::Csv);
    report_error!(event = "Unsaid", expires = "2099-12");
    report_error!(event = "Long Ago", expires = "2020-01-31", never = never());
}

struct Table<T>(T);

impl<T: Into<u64> + Copy> Table<T> {
    /// In a generic implementation, never called for most types.
    #[tracked(event = "Table Read", emit = finish, fields(rows: u64 = self.0.into()))]
    fn read(&self) -> u64 {
        record!(read: u64 = self.0.into());
        self.0.into()
    }
}

/// Nobody calls it: it is listed all the same.
#[tracked]
#[allow(dead_code, reason = "a catalogue lists what may be called")]
fn never_called() {}

fn telemetry() -> Builder<'static> {
    Telemetry::builder(app!("listed"))
        .env_prefix("LISTED")
        .access("the team that makes the program, and no third parties")
        .policy("https://example.org/privacy")
        .command_reference("https://example.org/commands")
        .fact(label!("channel"), &label!("stable"))
        .fact(label!("cores"), &8_u64)
        .derived_fact("country", "the country that the request came from")
        .development(Development::Send)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["page"] => print!("{}", telemetry().catalogue().to_markdown()),
        ["schema"] => print!("{}", telemetry().catalogue().to_json_schema()),
        ["sources"] => telemetry().catalogue().sources().for_each(|source| println!("{source}")),
        ["expired"] => telemetry().catalogue().expired(SystemTime::now()).for_each(|event| println!("{event}")),
        ["check", file] => {
            let Ok(page) = std::fs::read_to_string(file) else { return ExitCode::from(2) };
            let check = telemetry().catalogue().check(&page);
            println!("{check}");
            return if check == Check::Equal { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        ["run", endpoint, state_dir] => {
            let telemetry = telemetry().state_dir(state_dir).sink(sink::Json::new(*endpoint)).start();
            sync(&[5, 60], Format::Csv);
            sync(&[], Format::JsonLines);
            sync_once();
            route();
            drop((log_in("letmein"), log_in("guess")));
            expired();
            not_expired();
            anonymous();
            drop((fails_by_value(), fails_by_question(), fails_unsaid()));
            (0..9).for_each(|row| drop(read_row(row % 3 == 0)));
            (0..5).for_each(|_| read_page());
            report(&Failure("no page of that name"));
            Table(3_u32).read();
            let size = || Size { rows: Rows(3), format: Format::Csv, parts: Vec::new() };
            telemetry.snapshot_now(&Sizes { tables: 1, largest: Hashed::of("largest"), size: size() });
            telemetry.snapshot(Schedule::every(Duration::from_secs(3600)), move || {
                [Sizes { tables: 2, largest: Hashed::of("largest"), size: size() }]
            });
            drop(std::thread::Builder::new().spawn(|| unreachable!("as asked")).map(std::thread::JoinHandle::join));
            if let Err(error) = telemetry.flush(Duration::from_secs(60)) {
                println!("{error}");
            }
        }
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}
