//! Numbers that a program keeps of itself: counters, which only rise, and gauges, which are what they are now.
//!
//! They are statics, so counting is one atomic addition and asks nobody. From time to time all that were ever something else than 0
//! are read and recorded as one event.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

#[cfg(feature = "record")]
use once_cell::race::OnceBox;

use crate::value::{
    ClosedEnum, Described, Field, Identifier, Kind, Label, MAX_LIST, Raw, Value, ValueKind, closed_value,
};

/// A number that only rises. Made by [`counter!`](crate::counter) and [`counters!`](crate::counters).
///
/// It begins at 0 with the process, counts at every level, and is reported at those that collect stats. After 2^64 - 1 comes 0.
///
/// ```
/// use telemetry_runtime::counter;
///
/// counter! { REQUESTS: "http_requests_total" }
/// REQUESTS.add(2);
/// assert_eq!(REQUESTS.get(), 2);
/// ```
#[derive(Debug)]
pub struct Counter(AtomicU64);

impl Counter {
    #[doc(hidden)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "the macros make them, as statics")]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Counts so many more.
    #[inline]
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// What was counted so far.
    #[inline]
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that is what it is now. Made by [`gauge!`](crate::gauge) and [`gauges!`](crate::gauges).
///
/// It is 0 until it is set, at every level, and is reported at those that collect stats.
///
/// ```
/// use telemetry_runtime::gauge;
///
/// gauge! { CONNECTIONS: "http_connections" }
/// CONNECTIONS.set(7);
/// CONNECTIONS.add(-1);
/// assert_eq!(CONNECTIONS.get(), 6);
/// ```
#[derive(Debug)]
pub struct Gauge {
    value: AtomicI64,
    /// It was not 0 when it was read: from then on, 0 says something.
    was_seen: AtomicBool,
}

impl Gauge {
    #[doc(hidden)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "the macros make them, as statics")]
    pub const fn new() -> Self {
        Self { value: AtomicI64::new(0), was_seen: AtomicBool::new(false) }
    }

    /// What it is from now on.
    #[inline]
    pub fn set(&self, value: i64) {
        self.value.store(value, Ordering::Relaxed);
    }

    /// It is so much more, or less.
    #[inline]
    pub fn add(&self, more: i64) {
        self.value.fetch_add(more, Ordering::Relaxed);
    }

    /// What it is.
    #[inline]
    #[must_use]
    pub fn get(&self) -> i64 {
        self.value.load(Ordering::Relaxed)
    }
}

/// What is counted.
#[doc(hidden)]
pub trait Cell: Sized + Sync + 'static {
    /// Of what it has, the type says whether it is cumulative: see [`EventKind::Snapshot`](crate::EventKind::Snapshot).
    const KIND: ValueKind;
    /// A new one.
    const NEW: Self;

    /// Its value; `None` as long as it never was anything but 0, as far as was looked.
    fn read(&self) -> Option<Value>;
}

impl Cell for Counter {
    const KIND: ValueKind = u64::KIND;
    #[allow(clippy::declare_interior_mutable_const, reason = "each use makes one")]
    const NEW: Self = Self::new();

    fn read(&self) -> Option<Value> {
        Some(self.get()).filter(|value| *value > 0).map(|value| value.to_value())
    }
}

impl Cell for Gauge {
    const KIND: ValueKind = i64::KIND;
    #[allow(clippy::declare_interior_mutable_const, reason = "each use makes one")]
    const NEW: Self = Self::new();

    fn read(&self) -> Option<Value> {
        let value = self.get();
        if value == 0 {
            return self.was_seen.load(Ordering::Relaxed).then(|| value.to_value());
        }
        self.was_seen.store(true, Ordering::Relaxed);
        Some(value.to_value())
    }
}

/// What a label's values are.
#[doc(hidden)]
pub trait SeriesLabel {
    /// What the catalogue says.
    const KIND: ValueKind;
    /// All of them, if they are known.
    const WORDS: Option<&'static [&'static str]>;
}

/// A value of a label.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "`{Self}` is no value of the label `{L}`")]
pub trait LabelFor<L> {
    /// Which of all words it is; of a label whose words are not known, anything.
    fn place(&self) -> usize;

    fn value(&self) -> Value;
}

impl<T: ClosedEnum> SeriesLabel for T {
    const KIND: ValueKind = ValueKind::words(T::NAMES);
    const WORDS: Option<&'static [&'static str]> = Some(T::NAMES);
}

impl<T: ClosedEnum> LabelFor<T> for T {
    fn place(&self) -> usize {
        self.index()
    }

    fn value(&self) -> Value {
        closed_value(self)
    }
}

macro_rules! open_labels {
    ($($label:ty, $given:ty);+) => {$(
        impl $crate::metrics::SeriesLabel for $label {
            const KIND: $crate::value::ValueKind = <$label as $crate::value::Described>::KIND;
            const WORDS: Option<&'static [&'static str]> = None;
        }

        impl $crate::metrics::LabelFor<$label> for $given {
            fn place(&self) -> usize {
                0
            }

            fn value(&self) -> $crate::value::Value {
                $crate::value::Field::to_value(self)
            }
        }
    )+};
}

pub(crate) use open_labels;

open_labels! { Label, Label; Identifier, Identifier }

/// The labels of a metric.
#[doc(hidden)]
pub trait Labels {
    /// The series of a metric with these labels, if all words are known, and else 0.
    const KNOWN: usize;
    /// So many series there is room for whose words are not known.
    const UNKNOWN: usize = if Self::KNOWN == 0 { MAX_LIST - 1 } else { 0 };

    /// The words of the series at a place.
    fn words(place: usize) -> Vec<&'static str>;
}

/// A value of each of a metric's labels.
#[doc(hidden)]
pub trait LabelsFor<L> {
    /// Which of all series it is, if all words are known.
    fn place(&self) -> Option<usize>;

    fn values(self) -> Vec<Value>;
}

/// How many words there are; 0 where that is not known.
const fn count(words: Option<&'static [&'static str]>) -> usize {
    match words {
        Some(words) => words.len(),
        None => 0,
    }
}

/// The place of a word among all combinations, the first label's the slowest.
fn place(places: &[(usize, usize)]) -> Option<usize> {
    places.iter().try_fold(0_usize, |before, (place, count)| {
        (place < count).then(|| before.checked_mul(*count)?.checked_add(*place)).flatten()
    })
}

macro_rules! labels {
    ($($label:ident),+) => {
        impl<$($label: SeriesLabel),+> Labels for ($($label,)+) {
            const KNOWN: usize = 1 $(* count($label::WORDS))+;

            fn words(place: usize) -> Vec<&'static str> {
                let mut place = place;
                let all = [$($label::WORDS.unwrap_or_default()),+];
                let mut words: Vec<_> = all.iter().rev().map(|words| {
                    let word = words.get(place % words.len().max(1)).copied().unwrap_or("unknown");
                    place /= words.len().max(1);
                    word
                }).collect();
                words.reverse();
                words
            }
        }
    };
}

labels!(A);
labels!(A, B);
labels!(A, B, C);
labels!(A, B, C, D);

impl<A: SeriesLabel, V: LabelFor<A>> LabelsFor<(A,)> for V {
    fn place(&self) -> Option<usize> {
        place(&[(LabelFor::place(self), count(A::WORDS))])
    }

    fn values(self) -> Vec<Value> {
        vec![self.value()]
    }
}

macro_rules! several_labels {
    ($($label:ident $value:ident $at:tt),+) => {
        impl<$($label: SeriesLabel, $value: LabelFor<$label>),+> LabelsFor<($($label,)+)> for ($($value,)+) {
            fn place(&self) -> Option<usize> {
                place(&[$((LabelFor::place(&self.$at), count($label::WORDS))),+])
            }

            fn values(self) -> Vec<Value> {
                vec![$(self.$at.value()),+]
            }
        }
    };
}

several_labels!(A VA 0, B VB 1);
several_labels!(A VA 0, B VB 1, C VC 2);
several_labels!(A VA 0, B VB 1, C VC 2, D VD 3);

/// Counters that are told apart by labels. Made by [`counters!`](crate::counters).
pub type Counters<L, const KNOWN: usize, const UNKNOWN: usize> = Series<Counter, L, KNOWN, UNKNOWN>;

/// Gauges that are told apart by labels. Made by [`gauges!`](crate::gauges).
pub type Gauges<L, const KNOWN: usize, const UNKNOWN: usize> = Series<Gauge, L, KNOWN, UNKNOWN>;

/// Numbers that are told apart by labels.
///
/// Where all words of all labels are known there is a table with a place for each combination. Where they are not, there is room for
/// 63 combinations, the first that are met; what comes after them, what has no value yet (a [`Hashed`](crate::Hashed) before telemetry
/// was started) and whatever says who somebody is (a user's [`Identifier`]) is in a series of its own, with the label `other`.
///
/// The traits that bound its labels are the macros': no program implements them.
///
/// ```
/// use telemetry_runtime::{ClosedEnum, counters};
///
/// #[derive(ClosedEnum)]
/// enum Status { Success, Failed }
///
/// counters! { REQUESTS: "requests_total" { status: Status } }
///
/// let failed = REQUESTS.of(Status::Failed);      // found once, for many additions
/// failed.add(1);
/// assert_eq!((failed.get(), REQUESTS.of(Status::Success).get()), (1, 0));
/// ```
pub struct Series<C, L, const KNOWN: usize, const UNKNOWN: usize> {
    known: [C; KNOWN],
    /// In the order in which they were met; behind the first that is empty, all are. Without a lock, which a forked child could find locked.
    #[cfg(feature = "record")]
    unknown: [OnceBox<(Vec<Value>, C)>; UNKNOWN],
    other: C,
    labels: PhantomData<fn() -> L>,
}

impl<C, L, const KNOWN: usize, const UNKNOWN: usize> fmt::Debug for Series<C, L, KNOWN, UNKNOWN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Series").finish_non_exhaustive()
    }
}

impl<C: Cell, L: Labels, const KNOWN: usize, const UNKNOWN: usize> Series<C, L, KNOWN, UNKNOWN> {
    #[doc(hidden)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "the macros make them, as statics")]
    pub const fn new() -> Self {
        assert!(KNOWN <= MAX_LIST, "a metric has at most 64 series: the product of how many words its labels have");
        Self {
            known: [C::NEW; KNOWN],
            #[cfg(feature = "record")]
            unknown: [const { OnceBox::new() }; UNKNOWN],
            other: C::NEW,
            labels: PhantomData,
        }
    }

    /// The one with these labels: one value, or a tuple of them in the order of the labels. It may be kept, to be counted in without
    /// being looked up again.
    #[inline]
    pub fn of<V: LabelsFor<L>>(&self, labels: V) -> &C {
        if UNKNOWN == 0 {
            return labels.place().and_then(|place| self.known.get(place)).unwrap_or(&self.other);
        }
        self.unknown(&labels.values())
    }

    #[cfg(feature = "record")]
    fn unknown(&self, values: &[Value]) -> &C {
        let says_enough = |value: &Value| !value.clone().impersonal().is_absent();
        if !values.iter().all(says_enough) {
            return &self.other;
        }
        for slot in &self.unknown {
            // Who comes at the same time with another one goes on to the next.
            let (known, cell) = slot.get_or_init(|| Box::new((values.to_vec(), C::NEW)));
            if known == values {
                return cell;
            }
        }
        &self.other
    }

    #[cfg(not(feature = "record"))]
    fn unknown(&self, _: &[Value]) -> &C {
        &self.other
    }
}

/// What is read of a metric: its series that are to be told.
#[doc(hidden)]
pub trait Readings: Sync {
    /// … each as a map of labels, of these names, and the value.
    fn read(&self, names: &[(&'static str, ValueKind)]) -> Vec<Value>;
}

const VALUE: &str = "value";
const OTHER: &str = "other";

fn series(labels: impl Iterator<Item = (&'static str, Raw)>, value: Value) -> Value {
    let labels = labels.chain([(VALUE, value.0)]);
    Value(Raw::Map(labels.map(|(name, value)| (Cow::Borrowed(name), value)).collect()))
}

macro_rules! alone {
    ($($cell:ty),+) => {$(
        impl Readings for $cell {
            fn read(&self, _: &[(&'static str, ValueKind)]) -> Vec<Value> {
                Cell::read(self).into_iter().map(|value| series(std::iter::empty(), value)).collect()
            }
        }
    )+};
}

alone!(Counter, Gauge);

impl<C: Cell, L: Labels, const KNOWN: usize, const UNKNOWN: usize> Readings for Series<C, L, KNOWN, UNKNOWN>
where
    Self: Sync,
{
    fn read(&self, names: &[(&'static str, ValueKind)]) -> Vec<Value> {
        let names = || names.iter().map(|(name, _)| *name);
        let known = self.known.iter().enumerate().filter_map(|(place, cell)| {
            let words = L::words(place).into_iter().map(|word| Raw::Text(Cow::Borrowed(word)));
            Some(series(names().zip(words), cell.read()?))
        });
        #[cfg_attr(not(feature = "record"), allow(unused_mut, reason = "where nothing is recorded, nothing is met"))]
        let mut all: Vec<Value> = known.collect();
        #[cfg(feature = "record")]
        for (values, cell) in self.unknown.iter().map_while(OnceBox::get) {
            all.extend(cell.read().map(|value| series(names().zip(values.iter().map(|value| value.0.clone())), value)));
        }
        all.extend(self.other.read().map(|value| series([(OTHER, Raw::Bool(true))].into_iter(), value)));
        all.truncate(MAX_LIST);
        all
    }
}

/// What is known of a metric before the program runs.
#[doc(hidden)]
pub struct Metric {
    pub(crate) name: &'static str,
    pub(crate) purpose: Option<&'static str>,
    /// The static's name and module path.
    pub(crate) source: (&'static str, &'static str),
    pub(crate) labels: &'static [(&'static str, ValueKind)],
    /// What a value is.
    pub(crate) kind: ValueKind,
    pub(crate) readings: &'static dyn Readings,
    /// Tells all that there are: a program without any does not have that in it.
    pub(crate) tell: fn(),
}

impl fmt::Debug for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metric").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Metric {
    /// A metric of these labels, whose static has this name in a module.
    ///
    /// # Panics
    ///
    /// Where a name is not that of a field: when the program is compiled.
    #[must_use]
    pub const fn new(
        name: &'static str,
        source: (&'static str, &'static str),
        labels: &'static [(&'static str, ValueKind)],
        kind: ValueKind,
        readings: &'static dyn Readings,
        tell: fn(),
    ) -> Self {
        Self { name, purpose: None, source, labels, kind, readings, tell }
    }

    /// What it is for.
    #[must_use]
    pub const fn purpose(mut self, purpose: &'static str) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// What is to be told of it; `None` if that is nothing.
    pub(crate) fn read(&self) -> Option<Value> {
        let series = self.readings.read(self.labels);
        let series: Vec<Raw> = series.into_iter().map(|value| value.0).collect();
        (!series.is_empty()).then_some(Value(Raw::List(series)))
    }

    /// What the catalogue says of a series: its members.
    pub(crate) fn members(&self) -> Vec<(&'static str, ValueKind)> {
        let other = (!self.labels.is_empty()).then_some((OTHER, ValueKind(Kind::Bool)));
        self.labels.iter().copied().chain(other).chain([(VALUE, self.kind)]).collect()
    }
}

/// Whether a label may have a name: a member's that is none of ours.
#[doc(hidden)]
#[must_use]
pub const fn is_label_name(name: &str) -> bool {
    crate::value::is_field_name(name) && !is(name, VALUE) && !is(name, OTHER)
}

const fn is(name: &str, other: &str) -> bool {
    let (name, other) = (name.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < name.len() && at < other.len() && name[at] == other[at] {
        at += 1;
    }
    at == name.len() && at == other.len()
}

/// Every metric of the program.
#[cfg(feature = "record")]
#[linkme::distributed_slice]
pub static TELEMETRY_METRICS: [Metric];

/// Every metric of the program, in no order; none where nothing is recorded.
pub(crate) fn metrics() -> &'static [Metric] {
    #[cfg(feature = "record")]
    return &TELEMETRY_METRICS;
    #[cfg(not(feature = "record"))]
    return &[];
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Three(usize);
    impl ClosedEnum for Three {
        const NAMES: &'static [&'static str] = &["a", "b", "c"];

        fn index(&self) -> usize {
            self.0
        }
    }

    struct Two(usize);
    impl ClosedEnum for Two {
        const NAMES: &'static [&'static str] = &["x", "y"];

        fn index(&self) -> usize {
            self.0
        }
    }

    type All = (Three, Two, Three);

    fn told(readings: &dyn Readings, names: &[&'static str]) -> String {
        let names: Vec<_> = names.iter().map(|name| (*name, ValueKind::ANY)).collect();
        readings.read(&names).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    proptest! {
        /// Each combination of words has a place of its own, and is told under these words; an index of none is told apart.
        #[test]
        fn each_combination_is_a_series(indices in prop::collection::vec((0_usize..4, 0_usize..3, 0_usize..4), 1..20)) {
            static NAMES: [&str; 3] = ["p", "q", "r"];
            let series = Counters::<All, { All::KNOWN }, { All::UNKNOWN }>::new();
            let mut expected = std::collections::BTreeMap::new();
            for (a, b, c) in &indices {
                series.of((Three(*a), Two(*b), Three(*c))).add(1);
                let words = (|| Some((Three::NAMES.get(*a)?, Two::NAMES.get(*b)?, Three::NAMES.get(*c)?)))();
                *expected.entry((words.is_none(), words)).or_insert(0) += 1;
            }
            let expected: Vec<_> = expected.into_iter().map(|((_, words), count)| match words {
                Some((a, b, c)) => format!("{{p: {a}, q: {b}, r: {c}, value: {count}}}"),
                None => format!("{{other: true, value: {count}}}"),
            }).collect();
            prop_assert_eq!(told(&series, &NAMES), expected.join(" "));
        }
    }

    #[test]
    fn what_never_was_anything_is_not_told() {
        let (counter, gauge) = (Counter::new(), Gauge::new());
        counter.add(0);
        gauge.set(0);
        assert_eq!((told(&counter, &[]), told(&gauge, &[])), (String::new(), String::new()));
        counter.add(u64::MAX);
        gauge.add(-2);
        assert_eq!(told(&counter, &[]), format!("{{value: {}}}", u64::MAX));
        assert_eq!(told(&gauge, &[]), "{value: -2}");
        gauge.set(0);
        assert_eq!(told(&gauge, &[]), "{value: 0}");
    }

    /// A format tells them apart by the variant: a counter's is unsigned, a gauge's signed.
    #[test]
    fn a_counter_and_a_gauge_differ_on_disk() {
        let (counter, gauge) = (Counter::new(), Gauge::new());
        counter.add(1);
        gauge.set(1);
        assert_eq!(Cell::read(&counter), Some(Value(Raw::UInt(1))));
        assert_eq!(Cell::read(&gauge), Some(Value(Raw::Int(1))));
    }

    #[cfg(feature = "record")]
    #[test]
    fn who_somebody_is_names_no_series() {
        let series = Counters::<(Identifier,), 0, 63>::new();
        series.of(Identifier::team("acme")).add(1);
        series.of(Identifier::plugin("aws")).add(2);
        assert_eq!(told(&series, &["by"]), "{by: aws, value: 2} {other: true, value: 1}");
    }

    /// Two threads that meet the same words for the first time count in one series.
    #[cfg(feature = "record")]
    #[test]
    fn threads_share_series() {
        use crate::label;

        let series = Gauges::<(Label,), 0, 63>::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        series.of(label!("a")).add(1);
                        series.of(label!("b")).add(1);
                    }
                });
            }
        });
        let mut found: Vec<_> = series.read(&[("l", ValueKind::ANY)]).iter().map(ToString::to_string).collect();
        found.sort();
        assert_eq!(found, ["{l: a, value: 4000}", "{l: b, value: 4000}"]);
    }
}
