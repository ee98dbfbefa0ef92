//! What is held against captured events, and what a test that fails is shown.

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::event::{Event, EventKind, Outcome};
use crate::format::json;
use crate::testing::secrets;
use crate::value::{Value, ValueRef};

/// Assertions on the events of a [`capture`](super::capture), or of a [`sink::Memory`](crate::sink::Memory). One that fails shows all of them, in a table.
///
/// An event is called by its name on the wire (`Sync Tables Finished`), and a call also by what its events' names have in common (`Sync Tables`), or by that
/// as functions are called (`sync_tables`).
///
/// It is there for slices of events, and for nothing else.
///
/// ```
/// use telemetry_runtime::testing::{AssertEvents as _, capture};
/// use telemetry_runtime::{Outcome, record, tracked};
///
/// #[tracked]
/// fn sync_tables(tables: &[&str]) -> Result<(), &'static str> {
///     record!(tables = tables.len());
///     let rows: usize = tables.iter().map(|table| count_rows(table)).sum();
///     if rows > 2 { Err("too many rows") } else { Ok(()) }
/// }
///
/// #[tracked]
/// fn count_rows(table: &str) -> usize {
///     table.lines().count()
/// }
///
/// let (_, events) = capture(|| sync_tables(&["ada\nbob", "eve"]));
/// # #[cfg(feature = "record")] {
/// events.one("sync_tables").finished().outcome(Outcome::Error).with("tables", 2);
/// assert_eq!(events.each("count_rows").len(), 2);
/// for call in events.each("count_rows") {
///     call.within("sync_tables").outcome(Outcome::Ok).without("tables");
/// }
/// events.assert_none("login");
/// events.assert_nothing_says("ada\nbob");
/// # }
/// ```
pub trait AssertEvents: sealed::Sealed {
    /// The call, or the event that is of none, of this name.
    ///
    /// # Panics
    ///
    /// Where there is none, or more than one.
    #[track_caller]
    fn one(&self, name: &str) -> Recorded<'_>;

    /// All calls, and events that are of none, of this name, in the order in which they began.
    fn each(&self, name: &str) -> Vec<Recorded<'_>>;

    /// Holds that nothing of this name was recorded.
    ///
    /// # Panics
    ///
    /// Where something was.
    #[track_caller]
    fn assert_none(&self, name: &str);

    /// Holds that a text is in no event, as any format of ours would send it: plainly, with letters large or small, escaped, percent-encoded, in
    /// hexadecimal digits or in Base64.
    ///
    /// Ids and times are left out, so that a number is not found in them by chance. What the program states of itself at start is in no
    /// capture: [`FakeReceiver::assert_nothing_says`](super::FakeReceiver::assert_nothing_says) looks at what is really sent.
    ///
    /// # Panics
    ///
    /// Where it is in one; and where it has fewer than four bytes, which would be found anywhere.
    #[track_caller]
    fn assert_nothing_says(&self, secret: &str);

    /// What was recorded, as tests that fail show it: a line an event, without what no two runs have in common.
    fn table(&self) -> String;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for [crate::event::Event] {}
}

impl AssertEvents for [Event] {
    #[track_caller]
    fn one(&self, name: &str) -> Recorded<'_> {
        let found = self.each(name);
        match &found[..] {
            [one] => *one,
            [] => {
                let names = self.iter().flat_map(|event| [call_name(&event.name), &event.name]);
                let said = format!("nothing called `{name}` was recorded{}", nearest(name, names));
                fail(self, &[], &said)
            }
            more => fail(self, more, &format!("`{name}` was recorded {} times, not once", more.len())),
        }
    }

    fn each(&self, name: &str) -> Vec<Recorded<'_>> {
        let mut found: Vec<Recorded<'_>> = Vec::new();
        for event in self {
            let is_exact = event.name == name;
            let call = call_name(&event.name);
            let is_named = is_exact || call == name || call.to_lowercase().replace(' ', "_") == name;
            let recorded = Recorded { events: self, event };
            if !is_named || !is_exact && found.iter().any(|other| other.is_same_call(recorded)) {
                continue;
            }
            // A call is told by its finish.
            found.push(if is_exact { recorded } else { recorded.find(is_finish).unwrap_or(recorded) });
        }
        found
    }

    #[track_caller]
    fn assert_none(&self, name: &str) {
        let found = self.each(name);
        if !found.is_empty() {
            fail(self, &found, &format!("`{name}` was recorded, and was not to be"));
        }
    }

    #[track_caller]
    fn assert_nothing_says(&self, secret: &str) {
        if let Some((event, said)) = secrets::find_in_events(self, &secrets::Forms::of(secret)) {
            fail(self, &[Recorded { events: self, event }], &said);
        }
    }

    fn table(&self) -> String {
        table(self, &[])
    }
}

/// A call that was recorded, or an event that is of none. Its assertions give it back, for the next one.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    events: &'a [Event],
    /// What the assertions are about.
    event: &'a Event,
}

#[allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "what holds does, whether or not more is to"
)]
impl<'a> Recorded<'a> {
    /// Holds that the call's start was recorded, as an event. What follows is about that.
    ///
    /// # Panics
    ///
    /// Where it was not.
    #[track_caller]
    pub fn started(self) -> Self {
        match self.find(|event| event.kind == EventKind::Start) {
            Some(start) => start,
            None => self.fail(format_args!("no start of {self} was recorded")),
        }
    }

    /// Holds that the call has finished, in whatever way. What follows is about that.
    ///
    /// # Panics
    ///
    /// Where it has not.
    #[track_caller]
    pub fn finished(self) -> Self {
        match self.find(is_finish) {
            Some(finish) => finish,
            None => self.fail(format_args!("{self} has no finish")),
        }
    }

    /// Holds that the call has finished, and with this outcome.
    ///
    /// # Panics
    ///
    /// Where it has not, or with another.
    #[track_caller]
    pub fn outcome(self, outcome: Outcome) -> Self {
        let finish = self.finished();
        match finish.event.outcome() {
            Some(is) if is == outcome => finish,
            is => finish
                .fail(format_args!("the outcome of {finish} is {}, not {outcome}", is.map_or("none", Outcome::as_str))),
        }
    }

    /// Holds that a field has this value.
    ///
    /// # Panics
    ///
    /// Where it has another, or there is no such field.
    #[track_caller]
    pub fn with(self, field: &str, value: impl Into<Expected>) -> Self {
        let expected = value.into();
        match self.event.field(field).filter(|value| !value.is_absent()) {
            Some(value) if expected.is(value) => self,
            Some(value) => self.fail(format_args!("`{field}` of {self} is {}, not {expected}", shown(value))),
            None => {
                let nearest = nearest(field, fields(self.event).map(|(name, _)| name));
                self.fail(format_args!("{self} has no field `{field}`{nearest}"))
            }
        }
    }

    /// Holds that there is no such field, or that it is absent (`None`).
    ///
    /// # Panics
    ///
    /// Where there is one.
    #[track_caller]
    pub fn without(self, field: &str) -> Self {
        match self.event.field(field).filter(|value| !value.is_absent()) {
            None => self,
            Some(value) => self.fail(format_args!("{self} has `{field}`, which is {}", shown(value))),
        }
    }

    /// Holds that it was recorded within a call of this name: that is the innermost one round it.
    ///
    /// # Panics
    ///
    /// Where it was not.
    #[track_caller]
    pub fn within(self, name: &str) -> Self {
        let parent = parent(self.events, self.event);
        let is_in =
            self.events.each(name).iter().any(|call| parent.is_some_and(|parent| parent.call == call.event.call));
        if is_in {
            return self;
        }
        let is = parent.map_or("none that was captured".into(), |parent| format!("`{}`", call_name(&parent.name)));
        self.fail(format_args!("the call round {self} is {is}, not `{name}`"))
    }

    /// Holds that no captured call is round it.
    ///
    /// # Panics
    ///
    /// Where one is.
    #[track_caller]
    pub fn outermost(self) -> Self {
        match parent(self.events, self.event) {
            None => self,
            Some(parent) => self.fail(format_args!("{self} is within `{}`", call_name(&parent.name))),
        }
    }

    /// How long the call took, if it has finished.
    #[must_use]
    pub fn duration(self) -> Option<Duration> {
        match self.find(is_finish)?.event.kind {
            EventKind::Finish { duration, .. } => duration,
            _ => None,
        }
    }

    /// The event that the assertions are about: of a call, its finish where it has one, unless [`started`](Self::started) or the name said another.
    #[must_use]
    pub fn event(self) -> &'a Event {
        self.event
    }

    /// Another event of the same call, or this one.
    fn find(self, is: impl Fn(&Event) -> bool) -> Option<Self> {
        let mut events = self.events.iter().map(|event| Self { event, ..self });
        events.find(|other| is(other.event) && other.is_same_call(self))
    }

    fn is_same_call(self, other: Self) -> bool {
        let call = |event: &'a Event| event.call.filter(|_| is_of_call(event));
        call(self.event).is_some() && call(self.event) == call(other.event)
    }

    #[track_caller]
    fn fail(self, said: fmt::Arguments<'_>) -> ! {
        fail(self.events, &[self], &said.to_string())
    }
}

/// Its event's name.
impl fmt::Display for Recorded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.event.name)
    }
}

/// A field's value, as a test writes it: a boolean, a number, a [`Duration`], or for anything else (labels, enums, versions, ids, lists) the text that
/// it prints as.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected(Want);

#[derive(Clone, Debug, PartialEq)]
enum Want {
    Bool(bool),
    Integer(i128),
    Float(f64),
    Duration(Duration),
    Text(String),
}

impl Expected {
    fn is(&self, value: &Value) -> bool {
        match (&self.0, value.view()) {
            (Want::Bool(expected), ValueRef::Bool(is)) => *expected == is,
            (Want::Integer(expected), ValueRef::Int(is)) => *expected == i128::from(is),
            (Want::Integer(expected), ValueRef::UInt(is)) => *expected == i128::from(is),
            // What was recorded is what is read: no arithmetic is between.
            (Want::Float(expected), ValueRef::Float(is)) => expected.total_cmp(&is).is_eq(),
            (Want::Duration(expected), ValueRef::Duration(is)) => *expected == is,
            (
                Want::Text(_),
                ValueRef::Bool(_) | ValueRef::Int(_) | ValueRef::UInt(_) | ValueRef::Float(_) | ValueRef::Duration(_),
            ) => false,
            (Want::Text(expected), _) => *expected == value.to_string(),
            _ => false,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Want::Bool(value) => value.fmt(f),
            Want::Integer(value) => value.fmt(f),
            Want::Float(value) => fmt::Debug::fmt(value, f),
            Want::Duration(value) => fmt::Debug::fmt(value, f),
            Want::Text(value) => fmt::Debug::fmt(value, f),
        }
    }
}

macro_rules! expected {
    ($($variant:ident: $($kind:ty),+;)+) => {$($(
        impl From<$kind> for Expected {
            fn from(value: $kind) -> Self {
                Self(Want::$variant(value.into()))
            }
        }
    )+)+};
}

expected! {
    Bool: bool;
    Integer: i8, i16, i32, i64, u8, u16, u32, u64;
    Float: f32, f64;
    Duration: Duration;
    Text: &str, String;
}

impl From<usize> for Expected {
    fn from(value: usize) -> Self {
        // No machine has more than 64 bits.
        Self(Want::Integer(i128::try_from(value).unwrap_or(i128::MAX)))
    }
}

fn is_finish(event: &Event) -> bool {
    matches!(event.kind, EventKind::Finish { .. })
}

/// Whether it tells of its call itself, and not of something in it.
fn is_of_call(event: &Event) -> bool {
    event.kind == EventKind::Start || is_finish(event)
}

/// What the names of a call's events have in common.
fn call_name(name: &str) -> &str {
    let endings = [" Started", " Finished", "_started", "_finished"];
    endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// An event of the call round an event. Of what is told within a call, and is none itself, that is that call.
fn parent<'a>(events: &'a [Event], of: &Event) -> Option<&'a Event> {
    let call = if is_of_call(of) { of.parent } else { of.call };
    events.iter().find(|event| call.is_some() && event.call == call && is_of_call(event))
}

fn fields(event: &Event) -> impl Iterator<Item = (&str, &Value)> {
    event.fields.iter().filter(|(_, value)| !value.is_absent()).map(|(name, value)| (name.as_ref(), value))
}

/// A value as Rust would write it, so that a text is told from a number.
fn shown(value: &Value) -> String {
    match value.view() {
        ValueRef::Text(text) => format!("{text:?}"),
        ValueRef::Float(number) => format!("{number:?}"),
        _ => value.to_string().escape_debug().to_string(),
    }
}

/// What was perhaps meant.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let spelt = |name: &str| name.to_lowercase().replace('_', " ");
    let nearest = known.min_by_key(|known| distance(&spelt(name), &spelt(known)));
    nearest.map(|nearest| format!("; the nearest is `{nearest}`")).unwrap_or_default()
}

/// How many characters are to be put in, taken out or changed (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (at, changed) in from.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (above, other) in row.iter_mut().skip(1).zip(to.chars()) {
            let least = (diagonal + usize::from(changed != other)).min(left + 1).min(*above + 1);
            (diagonal, left) = (*above, least);
            *above = least;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[allow(clippy::panic, reason = "it is what an assertion is for")]
#[track_caller]
#[cold]
pub(super) fn fail(events: &[Event], about: &[Recorded<'_>], said: &str) -> ! {
    panic!("{said}\n\n{}", table(events, about))
}

/// What was recorded, with a mark at what it is about.
fn table(events: &[Event], about: &[Recorded<'_>]) -> String {
    if events.is_empty() {
        return "nothing was recorded: captured are calls that begin on the thread that captures, meanwhile, in builds with the feature `record`\n".into();
    }
    let head = ["", "event", "kind", "outcome", "within", "fields"].map(String::from);
    let row = |event: &Event| {
        let is_meant = about.iter().any(|recorded| std::ptr::eq(recorded.event, event));
        let mut told: Vec<_> = fields(event).map(|(name, value)| format!("{name}={}", shown(value))).collect();
        let error = match &event.kind {
            EventKind::Finish { error, .. } => error.as_ref(),
            kind => kind.fault().and_then(|fault| fault.text),
        };
        told.extend(error.map(|error| format!("says {:?}", error.as_str())));
        if let EventKind::Aggregate(aggregate) = &event.kind {
            told.push(format!("{} calls, {} errors", aggregate.calls, aggregate.errors));
        }
        [
            if is_meant { ">" } else { "" }.to_owned(),
            event.name.to_string(),
            json::kind(&event.kind).to_owned(),
            event.outcome().map_or("", Outcome::as_str).to_owned(),
            parent(events, event).map_or("", |parent| call_name(&parent.name)).to_owned(),
            told.join(" "),
        ]
    };
    columns(&[&[head], &events.iter().map(row).collect::<Vec<_>>()[..]].concat())
}

/// Rows in columns, each as wide as it needs to be.
pub(super) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut text = String::new();
    let widths = std::array::from_fn::<_, N, _>(|column| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    for row in rows {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}
