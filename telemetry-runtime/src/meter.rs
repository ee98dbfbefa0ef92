//! Usage that is gathered until it is reported.
//!
//! What is added goes into atomic numbers, so that counting asks nobody and a fork finds no lock taken; a forked child begins at 0.
//! A report takes them out and is on disk before anybody else can: each row is in one report. What was taken out and could not be kept
//! goes back.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use once_cell::race::OnceBox;

use crate::busy::Busy;
use crate::clock;
use crate::codec::{self, EventHead, What};
use crate::engine::{self, Engine, Periodic};
use crate::event::{EventKind, UNKNOWN};
use crate::fork::{DEPTHS, EachProcess};
use crate::format::{PLUGIN_KIND, PLUGIN_NAME, RESOURCE_COUNT, TABLE_NAME, TABLES, USAGE_REPORT};
use crate::limits;
use crate::pace;
use crate::thinning::Thinning;
use crate::value::{Label, MAX_LIST, Raw, Value, since_epoch};

/// What tables are looked up by.
const BUCKETS: usize = 32;
/// What is sold by the thousand is reported by the thousand.
const THOUSAND: u64 = 1000;

/// A list that only grows, without a lock.
#[derive(Debug)]
struct Chain<T>(OnceBox<Link<T>>);

#[derive(Debug)]
struct Link<T> {
    value: T,
    next: Chain<T>,
}

impl<T> Chain<T> {
    const fn new() -> Self {
        Self(OnceBox::new())
    }

    /// The one that is meant, which `make` makes where there is none yet; `None` where it would have to be made while this thread makes another.
    fn find_or_add(&self, is: impl Fn(&T) -> bool, make: impl Fn() -> T) -> Option<&T> {
        let mut chain = self;
        loop {
            let link = if let Some(link) = chain.0.get() {
                link
            } else {
                let _growing = Growing::begin()?;
                // Who comes at the same time with another one goes on to the next.
                chain.0.get_or_init(|| Box::new(Link { value: make(), next: Self::new() }))
            };
            if is(&link.value) {
                return Some(&link.value);
            }
            chain = &link.next;
        }
    }

    fn iter(&self) -> impl Iterator<Item = &T> {
        let links = std::iter::successors(self.0.get(), |link| link.next.0.get());
        links.map(|link| &link.value)
    }
}

thread_local! {
    static IS_GROWING: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, its thread makes a link: an allocator may be metered, too, and is asked for memory then.
struct Growing(());

impl Growing {
    fn begin() -> Option<Self> {
        (!IS_GROWING.replace(true)).then(|| Self(()))
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        IS_GROWING.set(false);
    }
}

/// Every meter of this program. There are no more of them than plugins that it was ever told of.
static METERS: Chain<Meter> = Chain::new();

/// The usage of one plugin.
#[derive(Debug)]
pub(crate) struct Meter {
    plugin: Value,
    kind: Value,
    gathered: EachProcess<Gathered>,
}

/// What was added since the last report.
#[derive(Debug)]
struct Gathered {
    /// All of it: added before it is added elsewhere, and taken out after.
    total: AtomicU64,
    /// Rows of no table that was named.
    rows: AtomicU64,
    tables: [Chain<(&'static str, AtomicU64)>; BUCKETS],
    /// When it was last reported, by [`clock::nanos`]; 0 is never.
    reported: AtomicU64,
    /// Rows that were reported before they were added: what had been rounded up.
    credit: AtomicU64,
    /// The last report could not be recorded, or not all of it: its rows are here again.
    is_unrecorded: AtomicBool,
}

impl Gathered {
    const fn new() -> Self {
        Self {
            total: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            tables: [const { Chain::new() }; BUCKETS],
            reported: AtomicU64::new(0),
            credit: AtomicU64::new(0),
            is_unrecorded: AtomicBool::new(false),
        }
    }

    fn add(&self, table: Option<&'static str>, rows: u64) {
        add(&self.total, rows);
        let of_table = table.and_then(|name| {
            let chain = &self.tables[bucket(name)];
            chain.find_or_add(|(other, _)| *other == name, || (name, AtomicU64::new(0)))
        });
        // Where a table cannot be made, its rows are in the sum alone.
        add(of_table.map_or(&self.rows, |(_, rows)| rows), rows);
    }

    /// Takes everything out.
    fn take(&self) -> Taken {
        let rows = self.rows.swap(0, Ordering::Acquire);
        let tables = self.tables.iter().flat_map(Chain::iter);
        let tables = tables.map(|(name, rows)| (*name, rows.swap(0, Ordering::Acquire))).filter(|(_, rows)| *rows > 0);
        let mut taken = Taken { rows, tables: tables.collect() };
        taken.tables.sort_unstable();
        subtract(&self.total, taken.sum());
        taken
    }

    /// Takes out what was reported before it was added.
    fn settle_credit(&self) {
        let credit = self.credit.swap(0, Ordering::AcqRel);
        if credit > 0 {
            let settled = subtract(&self.rows, credit);
            subtract(&self.total, settled);
            add(&self.credit, credit - settled);
        }
    }

    /// Takes whole thousands out.
    fn take_thousands(&self) -> Taken {
        let whole = |rows: u64| rows - rows % THOUSAND;
        let taken = self.rows.fetch_update(Ordering::AcqRel, Ordering::Acquire, |rows| Some(rows - whole(rows)));
        let rows = whole(taken.unwrap_or_else(|rows| rows));
        subtract(&self.total, rows);
        Taken { rows, tables: Vec::new() }
    }

    fn put_back(&self, taken: &Taken) {
        if taken.rows > 0 {
            self.add(None, taken.rows);
        }
        taken.tables.iter().for_each(|(name, rows)| self.add(Some(name), *rows));
    }

    /// How long it is until it may be reported again.
    fn wait(&self) -> Duration {
        match self.reported.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            then => {
                let is_unrecorded = self.is_unrecorded.load(Ordering::Relaxed);
                let least = if is_unrecorded { limits::USAGE_RETRY } else { Duration::ZERO };
                let since = Duration::from_nanos(clock::nanos().saturating_sub(then));
                pace::minimum().max(least).saturating_sub(since)
            }
        }
    }

    /// Says that it is reported now, if it may be and nobody else does.
    fn claim(&self) -> bool {
        let before = self.reported.load(Ordering::Relaxed);
        let now = clock::nanos().max(1);
        self.wait().is_zero()
            && self.reported.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

/// Rows that were taken out, and are somebody's to report.
#[derive(Debug)]
struct Taken {
    rows: u64,
    tables: Vec<(&'static str, u64)>,
}

impl Taken {
    fn sum(&self) -> u64 {
        self.tables.iter().fold(self.rows, |sum, (_, rows)| sum.saturating_add(*rows))
    }
}

/// Adds, as far as there are numbers.
fn add(to: &AtomicU64, rows: u64) {
    let _ = to.fetch_update(Ordering::AcqRel, Ordering::Relaxed, |sum| Some(sum.saturating_add(rows)));
}

/// Subtracts as much as there is; says how much that was.
fn subtract(from: &AtomicU64, rows: u64) -> u64 {
    let before = from.fetch_update(Ordering::AcqRel, Ordering::Acquire, |sum| Some(sum.saturating_sub(rows)));
    before.unwrap_or_else(|sum| sum).min(rows)
}

/// What became of a report.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Recorded {
    Kept,
    /// It is more than goes into one event.
    TooLarge,
    /// There is no room.
    Refused,
}

/// The meter of a plugin: one, however often it is asked for.
pub(crate) fn meter(plugin: &Value, kind: &Value) -> Option<&'static Meter> {
    let _busy = Busy::begin();
    engine::required()?;
    let gathered = || EachProcess([const { Gathered::new() }; DEPTHS]);
    let make = || Meter { plugin: plugin.clone(), kind: kind.clone(), gathered: gathered() };
    METERS.find_or_add(|meter| meter.plugin == *plugin && meter.kind == *kind, make)
}

impl Meter {
    /// Adds rows, of a table if that may be said. Where that makes enough for a report, it is on disk when this returns.
    ///
    /// An allocator may be metered, too: what is added in our own code is only counted, and reported with what comes after it.
    pub(crate) fn add(&'static self, table: Option<Label>, rows: u64) {
        let Some(gathered) = self.gathered.get().filter(|_| rows > 0) else { return };
        let busy = Busy::begin();
        // What is sold by the thousand is not told by the table.
        let table = table.filter(|_| !pace::is_in_thousands());
        gathered.add(table.map(Label::as_str), rows);
        let Some(_busy) = busy else { return };
        let Some(engine) = engine::required() else { return };
        watch(engine);
        if gathered.total.load(Ordering::Relaxed) >= pace::batch() && gathered.claim() {
            self.report(engine, gathered, false);
        }
    }

    /// Reports what was gathered, if that is anything.
    fn report(&self, engine: &Engine, gathered: &Gathered, is_last: bool) {
        let _busy = Busy::begin();
        let is_recorded = match (pace::is_in_thousands(), is_last) {
            (false, _) => self.record(engine, gathered, gathered.take()),
            (true, false) => {
                gathered.settle_credit();
                self.record(engine, gathered, gathered.take_thousands())
            }
            (true, true) => {
                gathered.settle_credit();
                self.record_rounded_up(engine, gathered, &gathered.take())
            }
        };
        gathered.is_unrecorded.store(!is_recorded, Ordering::Relaxed);
    }

    /// Records whole thousands; what they are more than was added, what is added later has been reported with.
    fn record_rounded_up(&self, engine: &Engine, gathered: &Gathered, taken: &Taken) -> bool {
        let rows = taken.rows.div_ceil(THOUSAND).saturating_mul(THOUSAND);
        let is_recorded = self.record_one(engine, rows, &[]) == Recorded::Kept;
        if is_recorded {
            add(&gathered.credit, rows - taken.rows);
        } else {
            gathered.put_back(taken);
        }
        is_recorded
    }

    /// Records what goes into one event, and the rest in others; what is not kept goes back. Says whether all is kept.
    fn record(&self, engine: &Engine, gathered: &Gathered, taken: Taken) -> bool {
        let tables = taken.tables.len();
        let recorded =
            if tables > MAX_LIST { Recorded::TooLarge } else { self.record_one(engine, taken.sum(), &taken.tables) };
        match (recorded, tables) {
            (Recorded::Kept, _) => true,
            (Recorded::Refused, _) | (Recorded::TooLarge, 0) => {
                gathered.put_back(&taken);
                false
            }
            // A name that alone is too long for an event: its rows are in the sum.
            (Recorded::TooLarge, 1) => self.record(engine, gathered, Taken { rows: taken.sum(), tables: Vec::new() }),
            (Recorded::TooLarge, _) => {
                let Taken { rows, mut tables } = taken;
                let half = tables.len() / 2;
                let rest = tables.split_off(if tables.len() > MAX_LIST { MAX_LIST } else { half });
                let is_first_kept = self.record(engine, gathered, Taken { rows, tables });
                self.record(engine, gathered, Taken { rows: 0, tables: rest }) && is_first_kept
            }
        }
    }

    /// Records a report, if that is of any rows.
    fn record_one(&self, engine: &Engine, rows: u64, tables: &[(&'static str, u64)]) -> Recorded {
        if rows == 0 {
            return Recorded::Kept;
        }
        let table = |(name, rows): &(&'static str, u64)| {
            let name = Raw::Text(Cow::Borrowed(*name));
            Raw::Map(vec![(TABLE_NAME.into(), name), (RESOURCE_COUNT.into(), Raw::UInt(*rows))])
        };
        let (rows, tables) = (Value(Raw::UInt(rows)), Value(Raw::List(tables.iter().map(table).collect())));
        let fields =
            [(PLUGIN_NAME, &self.plugin), (PLUGIN_KIND, &self.kind), (RESOURCE_COUNT, &rows), (TABLES, &tables)];
        let is_said = |value: &Value| !value.is_absent() && value.0 != Raw::List(Vec::new());
        let fields: Vec<_> = fields.into_iter().filter(|(_, value)| is_said(value)).collect();
        let time = clock::now();
        let head = EventHead {
            id: clock::event_id(time),
            invocation: engine.invocation(),
            time: since_epoch(time),
            call: None,
            parent: None,
            // Neither an installation nor anybody goes with it.
            signed_in: UNKNOWN,
            thinning: Thinning::NONE,
            what: What::Kind(&EventKind::UsageReport),
        };
        let mut record = Vec::new();
        if !codec::write_event(&mut record, &head, USAGE_REPORT, fields.into_iter()) {
            Recorded::TooLarge
        } else if engine.record_required(&record) {
            Recorded::Kept
        } else {
            Recorded::Refused
        }
    }
}

/// Which of the tables' chains a name is in (FNV-1a).
fn bucket(name: &str) -> usize {
    let hash = name
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    usize::try_from(hash % BUCKETS as u64).unwrap_or_default()
}

/// By which of the longest intervals each process looks at its meters: one more than its number.
static WATCHED: EachProcess<AtomicU32> = EachProcess([const { AtomicU32::new(0) }; DEPTHS]);

/// Has the meters looked at from time to time, sooner if the interval for that has become shorter.
fn watch(engine: &Engine) {
    let Some(watched) = WATCHED.get() else { return };
    let (before, number) = (watched.load(Ordering::Relaxed), pace::changes().wrapping_add(1).max(1));
    if before != number && watched.compare_exchange(before, number, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
        look_after(engine, pace::maximum());
    }
}

/// Has the meters looked at once, unless that is to be done sooner anyway; the look sees to the next.
fn look_after(engine: &Engine, interval: Duration) {
    if let Some(next) = clock::tick().checked_add(interval) {
        let run = Box::new(|engine: &'static Engine| {
            look(engine);
            false
        });
        engine.every(Periodic { next, interval, run });
    }
}

/// Reports what every meter has gathered; what may not be reported yet once it may.
fn look(engine: &Engine) {
    let mut next = pace::maximum();
    for (meter, gathered) in gathered() {
        let is_reported = gathered.claim();
        if is_reported {
            meter.report(engine, gathered, false);
        }
        if !is_reported || gathered.is_unrecorded.load(Ordering::Relaxed) {
            next = next.min(gathered.wait());
        }
    }
    look_after(engine, next);
}

/// What the meters have gathered that have anything.
fn gathered() -> impl Iterator<Item = (&'static Meter, &'static Gathered)> {
    let gathered = METERS.iter().filter_map(|meter| Some((meter, meter.gathered.get()?)));
    gathered.filter(|(_, gathered)| gathered.total.load(Ordering::Relaxed) > 0)
}

/// How many meters have rows that were to be recorded and could not be.
pub(crate) fn unrecorded() -> u64 {
    gathered().map(|(_, gathered)| u64::from(gathered.is_unrecorded.load(Ordering::Relaxed))).sum()
}

/// Reports what every meter has gathered in this process, because somebody waits for it.
pub(crate) fn tell(engine: &Engine) {
    tell_all(engine, false);
}

/// The same at the end.
pub(crate) fn tell_last(engine: &Engine) {
    tell_all(engine, true);
}

fn tell_all(engine: &Engine, is_last: bool) {
    for meter in METERS.iter() {
        if let Some(gathered) = meter.gathered.get() {
            gathered.reported.store(clock::nanos().max(1), Ordering::Relaxed);
            meter.report(engine, gathered, is_last);
        }
    }
}
