//! Usage that is gathered until it is reported.
//!
//! What is added goes into atomic numbers, so that counting asks nobody and a fork finds no lock taken; a forked child begins at 0.
//! A report takes them out and is on disk before anybody else can: each row is in one report. What was taken out and could not be kept
//! goes back.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use once_cell::race::OnceBox;

use crate::busy::Busy;
use crate::clock;
use crate::codec::{self, EventHead, What};
use crate::engine::{self, Engine, Periodic};
use crate::event::{EventKind, UNKNOWN};
use crate::fork::PerProcess;
use crate::format::{PLUGIN_KIND, PLUGIN_NAME, RESOURCE_COUNT, TABLE_NAME, TABLES, USAGE_REPORT};
use crate::pace;
use crate::thinning::Thinning;
use crate::value::{Label, MAX_LIST, Raw, Value};

/// What tables are looked up by.
const BUCKETS: usize = 64;
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

    /// The one that is meant, which `make` makes where there is none yet.
    fn find_or_add(&self, is: impl Fn(&T) -> bool, make: impl Fn() -> T) -> &T {
        let mut chain = self;
        loop {
            // Who comes at the same time with another one goes on to the next.
            let link = chain.0.get_or_init(|| Box::new(Link { value: make(), next: Self::new() }));
            if is(&link.value) {
                return &link.value;
            }
            chain = &link.next;
        }
    }

    fn iter(&self) -> impl Iterator<Item = &T> {
        let links = std::iter::successors(self.0.get(), |link| link.next.0.get());
        links.map(|link| &link.value)
    }
}

/// Every meter of this program. There are no more of them than plugins that it was ever told of.
static METERS: Chain<Meter> = Chain::new();

/// The usage of one plugin.
#[derive(Debug)]
pub(crate) struct Meter {
    plugin: Value,
    kind: Value,
    gathered: Each<Box<Gathered>>,
}

/// One for each process.
struct Each<T>(PerProcess<T>);

impl<T> std::fmt::Debug for Each<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Each")
    }
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
}

impl Gathered {
    fn new() -> Self {
        let tables = [const { Chain::new() }; BUCKETS];
        Self { total: AtomicU64::new(0), rows: AtomicU64::new(0), tables, reported: AtomicU64::new(0) }
    }

    fn add(&self, table: Option<&'static str>, rows: u64) {
        self.total.fetch_add(rows, Ordering::Release);
        match table {
            None => self.rows.fetch_add(rows, Ordering::Release),
            Some(name) => {
                let chain = &self.tables[bucket(name)];
                let (_, of_table) = chain.find_or_add(|(other, _)| *other == name, || (name, AtomicU64::new(0)));
                of_table.fetch_add(rows, Ordering::Release)
            }
        };
    }

    /// Takes everything out.
    fn take(&self) -> Taken {
        let rows = self.rows.swap(0, Ordering::Acquire);
        let tables = self.tables.iter().flat_map(Chain::iter);
        let tables = tables.map(|(name, rows)| (*name, rows.swap(0, Ordering::Acquire))).filter(|(_, rows)| *rows > 0);
        let mut taken = Taken { rows, tables: tables.collect() };
        taken.tables.sort_unstable();
        self.total.fetch_sub(taken.sum(), Ordering::AcqRel);
        taken
    }

    /// Takes whole thousands out.
    fn take_thousands(&self) -> Taken {
        let whole = |rows: u64| rows - rows % THOUSAND;
        let taken = self.rows.fetch_update(Ordering::AcqRel, Ordering::Acquire, |rows| Some(rows - whole(rows)));
        let rows = whole(taken.unwrap_or_else(|rows| rows));
        self.total.fetch_sub(rows, Ordering::AcqRel);
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
            then => pace::minimum().saturating_sub(Duration::from_nanos(clock::nanos().saturating_sub(then))),
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
        self.tables.iter().fold(self.rows, |sum, (_, rows)| sum.wrapping_add(*rows))
    }
}

/// The meter of a plugin: one, however often it is asked for.
pub(crate) fn meter(plugin: &Value, kind: &Value) -> Option<&'static Meter> {
    engine::required()?;
    let make = || Meter { plugin: plugin.clone(), kind: kind.clone(), gathered: Each(PerProcess::new()) };
    Some(METERS.find_or_add(|meter| meter.plugin == *plugin && meter.kind == *kind, make))
}

impl Meter {
    /// Adds rows, of a table if that may be said. Where that makes enough for a report, it is on disk when this returns.
    pub(crate) fn add(&'static self, table: Option<Label>, rows: u64) {
        let (true, Some(engine)) = (rows > 0, engine::required()) else { return };
        // What is sold by the thousand is not told by the table.
        let table = table.filter(|_| !pace::is_in_thousands());
        let Some(gathered) = self.gathered.0.get_or_init(|| Box::new(Gathered::new())) else { return };
        gathered.add(table.map(Label::as_str), rows);
        watch(engine);
        if gathered.total.load(Ordering::Relaxed) >= pace::batch() && gathered.claim() {
            self.report(engine, gathered, false);
        }
    }

    /// Reports what was gathered, if that is anything.
    fn report(&self, engine: &Engine, gathered: &Gathered, is_last: bool) {
        // An allocator may be metered, too, and has its turn later.
        let _busy = Busy::begin();
        match (pace::is_in_thousands(), is_last) {
            (false, _) => self.record(engine, gathered, gathered.take()),
            (true, false) => self.record(engine, gathered, gathered.take_thousands()),
            (true, true) => {
                let taken = gathered.take();
                let rows = taken.rows.div_ceil(THOUSAND).saturating_mul(THOUSAND);
                if !self.is_recorded(engine, rows, &[]) {
                    gathered.put_back(&taken);
                }
            }
        }
    }

    /// Records what goes into one event, and the rest in others.
    fn record(&self, engine: &Engine, gathered: &Gathered, mut taken: Taken) {
        if taken.sum() == 0 {
            return;
        }
        if taken.tables.len() > MAX_LIST {
            let tables = taken.tables.split_off(MAX_LIST);
            self.record(engine, gathered, taken);
            return self.record(engine, gathered, Taken { rows: 0, tables });
        }
        if !self.is_recorded(engine, taken.sum(), &taken.tables) {
            gathered.put_back(&taken);
        }
    }

    /// Records a report; says whether it is kept.
    fn is_recorded(&self, engine: &Engine, rows: u64, tables: &[(&'static str, u64)]) -> bool {
        if rows == 0 {
            return true;
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
            time,
            call: None,
            parent: None,
            // Neither an installation nor anybody goes with it.
            signed_in: UNKNOWN,
            thinning: Thinning::NONE,
            what: What::Kind(&EventKind::UsageReport),
        };
        let mut record = Vec::new();
        codec::write_event(&mut record, &head, USAGE_REPORT, fields.into_iter()) && engine.record_required(&record)
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
static WATCHED: PerProcess<AtomicU32> = PerProcess::new();

/// Has the meters looked at from time to time, as long as the interval for that is the one that it is now.
fn watch(engine: &Engine) {
    let Some(watched) = WATCHED.get_or_init(AtomicU32::default) else { return };
    let (before, number) = (watched.load(Ordering::Relaxed), pace::changes().wrapping_add(1).max(1));
    if before == number || watched.compare_exchange(before, number, Ordering::Relaxed, Ordering::Relaxed).is_err() {
        return;
    }
    let interval = pace::maximum();
    if let Some(next) = clock::tick().checked_add(interval) {
        let run = Box::new(move |engine: &'static Engine| {
            look(engine);
            watched.load(Ordering::Relaxed) == number
        });
        engine.every(Periodic { next, interval, run });
    }
}

/// Reports what every meter has gathered; what may not be reported yet once it may.
fn look(engine: &Engine) {
    let gathered = METERS.iter().filter_map(|meter| Some((meter, meter.gathered.0.get()?)));
    let gathered = gathered.filter(|(_, gathered)| gathered.total.load(Ordering::Relaxed) > 0);
    let mut longest = Duration::ZERO;
    for (meter, gathered) in gathered {
        if gathered.claim() {
            meter.report(engine, gathered, false);
        } else {
            longest = longest.max(gathered.wait());
        }
    }
    if let Some(next) = clock::tick().checked_add(longest).filter(|_| !longest.is_zero()) {
        let run = Box::new(|engine: &'static Engine| {
            look(engine);
            false
        });
        engine.every(Periodic { next, interval: longest, run });
    }
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
        if let Some(gathered) = meter.gathered.0.get() {
            gathered.reported.store(clock::nanos().max(1), Ordering::Relaxed);
            meter.report(engine, gathered, is_last);
        }
    }
}
