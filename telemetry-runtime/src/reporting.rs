//! Error reports, as a program writes them where it handles an error: on disk when [`Report::record`] returns.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::busy::Busy;
use crate::clock;
use crate::codec::{self, EventHead, What};
use crate::engine;
use crate::event::{CallId, ErrorReport, ErrorText, EventKind, NamedValue, Place, anonymous};
use crate::frames;
use crate::gate;
use crate::limits;
use crate::loss::Loss;
use crate::place;
use crate::probe::Told;
use crate::report::ReportSite;
use crate::tape::{Recorder, Tape};
use crate::thinning::Thinning;
use crate::trace::Trace;
use crate::value::{Field, since_epoch};

/// Whether anybody may record error reports: what `report_error!` asks first.
#[inline]
#[must_use]
pub fn may_report() -> bool {
    gate::errors_may_be_recorded()
}

/// So many were recorded in this run.
static RECORDED: AtomicU32 = AtomicU32::new(0);

/// A report in the making.
#[derive(Debug)]
pub struct Report {
    site: &'static ReportSite,
    recorder: Recorder,
    call: Option<CallId>,
    thinning: Thinning,
    fields: Vec<NamedValue>,
    text: Option<ErrorText>,
}

impl Report {
    /// `None` where nothing is recorded of this place now: its fields need no evaluation then.
    #[cold]
    #[must_use]
    pub fn begin(site: &'static ReportSite) -> Option<Self> {
        let _busy = Busy::begin()?;
        let (call, recorder) = match frames::current_recorder() {
            Some((call, recorder)) => (call, recorder),
            None => (None, Tape::of_thread().map(Recorder::Tape).or_else(of_engine)?),
        };
        let is_open = matches!(recorder, Recorder::Tape(_)) || gate::errors();
        if site.notes.is_over(clock::now()) || !is_open {
            return None;
        }
        let thinning = admit(site, &recorder)?;
        Some(Self { site, recorder, call, thinning, fields: Vec::new(), text: None })
    }

    /// Puts a field on the report.
    pub fn field<V: Field + ?Sized>(&mut self, name: &'static str, value: &V) {
        let value = value.to_value().impersonal();
        if !value.is_absent() {
            self.fields.push((Cow::Borrowed(name), value));
        }
    }

    /// Says what the error says.
    pub fn text<E: Display + ?Sized>(&mut self, error: &E) {
        // What is too long is cut, and says so by an error.
        self.text = Told::of(|told| _ = write!(told, "{error}")).map(ErrorText);
    }

    /// Records the report, with the frames that led here if they are wanted.
    #[inline(never)]
    pub fn record(self, has_stack: bool) {
        let Some(_busy) = Busy::begin() else { return };
        let Self { site, recorder, call, thinning, fields, text } = self;
        let (file, line, column) = site.place;
        let place = Some(Place { file: Cow::Owned(place::reduced(file).into_owned()), line, column });
        let trace = if has_stack { Trace::capture() } else { Trace::default() };
        let kind = EventKind::ErrorReport(Box::new(ErrorReport { place, frames: Vec::new(), text, trace }));
        let time = clock::now();
        let head = EventHead {
            id: clock::event_id(time),
            invocation: recorder.invocation(),
            time: since_epoch(time),
            call,
            parent: None,
            signed_in: anonymous(recorder.signed_in()),
            thinning,
            what: What::Kind(&kind),
        };
        let mut record = Vec::new();
        let fields = fields.iter().map(|(name, value)| (name.as_ref(), value));
        if codec::write_event(&mut record, &head, site.event, fields) {
            recorder.record_now(&record);
        } else {
            recorder.lose(Loss::TooLarge);
        }
    }
}

fn of_engine() -> Option<Recorder> {
    if gate::errors() { engine::engine().map(Recorder::Engine) } else { None }
}

/// Whether a report is one of those that are recorded of its place and of this run, and then what it says of those that were not. On a
/// test's tape all are.
fn admit(site: &ReportSite, recorder: &Recorder) -> Option<Thinning> {
    if matches!(recorder, Recorder::Tape(_)) {
        return Some(Thinning::NONE);
    }
    let limiter = site.limiter;
    let admitted = limiter.admit(clock::nanos());
    let suppressed = admitted.filter(|_| RECORDED.fetch_add(1, Ordering::Relaxed) < limits::ERROR_REPORTS);
    if suppressed.is_none() {
        recorder.lose(Loss::Limited);
    }
    Some(Thinning { limit: Some(limiter.limit()), suppressed: suppressed?, ..Thinning::NONE })
}
