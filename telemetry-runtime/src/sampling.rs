//! The program's own numbers, as events: snapshots that it is asked for from time to time, and its metrics.
//!
//! A provider is the program's code, which may take long, hang or panic. It runs on a short-lived thread of its own, that nobody waits
//! for: not the worker, whose timer starts it, and not the end of the process. A forked child has none.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use once_cell::sync::OnceCell;

use crate::busy::{self, Busy};
use crate::clock;
use crate::codec::{self, EventHead, What};
use crate::engine::{self, Engine, Periodic};
use crate::event::{EventKind, NamedValue, anonymous};
use crate::fork;
use crate::gate;
use crate::launch::Metrics;
use crate::limits;
use crate::loss::Loss;
use crate::metrics;
use crate::os;
use crate::snapshot::{Schedule, SnapshotSite};
use crate::tape::Recorder;
use crate::thinning::Thinning;
use crate::transit::InTransit;
use crate::value::{Raw, Value, since_epoch};

/// The values of a snapshot.
type Members = Vec<(Cow<'static, str>, Raw)>;

/// Gives the program's snapshots, one after another.
pub(crate) type Provider = Box<dyn FnMut(&mut dyn FnMut(Members)) + Send>;

/// Since when the numbers of this process are counted, and what the event of its metrics is called.
static COUNTED: OnceCell<(SystemTime, &'static str)> = OnceCell::new();

/// Notes since when is counted, and has the metrics told from time to time, if there are any.
pub(crate) fn begin(engine: &Engine, metrics: &Metrics) {
    if COUNTED.set((clock::now(), metrics.event)).is_err() || metrics::metrics().is_empty() || !gate::stats() {
        return;
    }
    let interval = clock::spread(metrics.interval);
    if let Some(next) = clock::tick().checked_add(interval) {
        let run = Box::new(|_: &'static Engine| {
            tell_metrics();
            gate::stats()
        });
        engine.every(Periodic { next, interval, run });
    }
}

/// A provider, and whether it is asked just now.
struct Source {
    provider: Mutex<Option<Provider>>,
    is_asked: AtomicBool,
}

/// Has a provider asked from time to time.
pub(crate) fn provide(schedule: Schedule, site: SnapshotSite, provider: Provider) {
    let Some(engine) = engine::of_this_process().filter(|_| gate::stats() && fork::depth() == 0) else { return };
    let Some(next) = clock::tick().checked_add(clock::spread(schedule.first)) else { return };
    let source = Arc::new(Source { provider: Mutex::new(Some(provider)), is_asked: AtomicBool::new(false) });
    let run = Box::new(move |engine: &'static Engine| {
        if !gate::stats() || site.notes.is_over(clock::now()) {
            return false;
        }
        // One that has not answered yet is not asked again, …
        if source.is_asked.swap(true, Ordering::AcqRel) {
            return true;
        }
        // … and one that panicked never.
        let is_there = source.provider.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if is_there {
            ask(engine, site, &source);
        }
        is_there
    });
    engine.every(Periodic { next, interval: clock::spread(schedule.interval), run });
}

/// Asks a provider, on a thread of its own. Where none can be had, it is asked the next time.
fn ask(engine: &'static Engine, site: SnapshotSite, source: &Arc<Source>) {
    let thread = std::thread::Builder::new().name("telemetry-snapshot".into());
    let in_transit = InTransit::begin();
    let asked = Arc::clone(source);
    let run = move || {
        drop(in_transit);
        // What it calls that is tracked is its own business, and what it panics with is shown to nobody.
        busy::claim_thread();
        let Some(mut provider) = asked.provider.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let recorder = Recorder::Engine(engine);
        let answered = catch_unwind(AssertUnwindSafe(|| {
            provider(&mut |members| record(&recorder, &site, members));
        }));
        match answered {
            Ok(()) => {
                *asked.provider.lock().unwrap_or_else(PoisonError::into_inner) = Some(provider);
                asked.is_asked.store(false, Ordering::Release);
            }
            // What it holds may panic as well when it is dropped.
            Err(panic) => std::mem::forget((provider, panic)),
        }
    };
    if os::without_signals(|| thread.spawn(run)).is_err() {
        source.is_asked.store(false, Ordering::Release);
    }
}

/// Records a snapshot on the caller's thread.
pub(crate) fn give(site: &SnapshotSite, members: Members, may_ask_engine: bool) {
    let Some(_busy) = Busy::begin() else { return };
    match Recorder::of_thread() {
        Some(Recorder::Engine(_)) if !may_ask_engine || fork::depth() > 0 => {}
        Some(recorder) => record(&recorder, site, members),
        None => {}
    }
}

fn record(recorder: &Recorder, site: &SnapshotSite, members: Members) {
    let time = clock::now();
    if !recorder.is_open() || site.notes.is_over(time) {
        return;
    }
    let since = COUNTED.get().filter(|_| site.is_cumulative).map(|(since, _)| *since);
    let fields: Vec<NamedValue> = members.into_iter().map(|(name, value)| (name, Value(value).impersonal())).collect();
    let kind = EventKind::Snapshot { since, is_metrics: false };
    if !write(recorder, site.event, &kind, time, &fields) {
        recorder.lose(Loss::TooLarge);
    }
}

/// Records an event of these fields, of nobody in particular; `false` if it is too large.
fn write(recorder: &Recorder, name: &str, kind: &EventKind, time: SystemTime, fields: &[NamedValue]) -> bool {
    let head = EventHead {
        id: clock::event_id(time),
        invocation: recorder.invocation(),
        time: since_epoch(time),
        call: None,
        parent: None,
        thinning: Thinning::NONE,
        signed_in: anonymous(recorder.signed_in()),
        what: What::Kind(kind),
    };
    let mut record = Vec::new();
    let fields = fields.iter().filter(|(_, value)| !value.is_absent()).collect::<Vec<_>>();
    let fits = codec::write_event(&mut record, &head, name, fields.iter().map(|(name, value)| (name.as_ref(), value)));
    if fits {
        recorder.record(recorder.part(), &record);
    }
    fits
}

/// What the metrics were when they were last told: the same is not told again.
static TOLD: Mutex<Vec<NamedValue>> = Mutex::new(Vec::new());

/// Records what the metrics are, if there are any and that is not what they were.
pub(crate) fn tell_metrics() {
    if let Some(metric) = metrics::metrics().first() {
        (metric.tell)();
    }
}

/// Records what the metrics are, if that is not what they were: all of them, since a receiver is to need the last event only.
pub fn tell_all() {
    let Some(engine) = engine::of_this_process() else { return };
    // Before the lock, which a forked child may find locked.
    if fork::depth() > 0 || !gate::stats() {
        return;
    }
    let Some((since, name)) = COUNTED.get() else { return };
    let mut now: Vec<NamedValue> = Vec::new();
    for metric in metrics::metrics() {
        let Some(value) = metric.read() else { continue };
        match now.iter_mut().find(|(name, _)| *name == metric.name) {
            // Two of a name are one.
            Some((_, known)) => known.append(value),
            None => now.push((Cow::Borrowed(metric.name), value)),
        }
    }
    now.sort_by(|(a, _), (b, _)| a.cmp(b));
    {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        if *told == now {
            return;
        }
        told.clone_from(&now);
    }
    let kind = EventKind::Snapshot { since: Some(*since), is_metrics: true };
    tell(&Recorder::Engine(engine), name, &kind, &now);
}

/// Records what goes into one event, and else a half in each of two.
fn tell(recorder: &Recorder, name: &str, kind: &EventKind, fields: &[NamedValue]) {
    if fields.len() <= limits::FIELDS && write(recorder, name, kind, clock::now(), fields) {
        return;
    }
    let (first, second) = fields.split_at(fields.len() / 2);
    if first.is_empty() {
        return recorder.lose(Loss::TooLarge);
    }
    tell(recorder, name, kind, first);
    tell(recorder, name, kind, second);
}
