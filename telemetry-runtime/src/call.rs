//! One run of a tracked function: the guard that `#[tracked]` puts first in it, and the marks at its exits.
//!
//! The guard records the start when it is made and the finish when it is dropped. How the call ended is known by then: a mark
//! was left on the way out, or a panic is unwinding, or the future was waiting, or none of these, and then the callsite says
//! what an exit without a mark means.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::MutexGuard;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::busy::Busy;
use crate::callsite::Callsite;
use crate::clock::{self, Moment};
use crate::codec::{self, Finish, What};
use crate::event::{ErrorText, Outcome, outcome_id};
use crate::frames::{self, Current, Frame, Frames, Number, Open, Waiting};
use crate::gate;
use crate::level::Kinds;
use crate::loss::Loss;
use crate::probe::Told;
use crate::tape::Recorder;
use crate::value::{Field, Summand, Value};

const UNMARKED: u32 = 0;
const OK: u32 = 1;
const ERROR: u32 = 2;
/// The mark takes the lowest bits of a guard, the frame's number the others but for the highest.
const MARK_BITS: u32 = 2;
const MARKS: u32 = (1 << MARK_BITS) - 1;
/// Nothing of the call is recorded, though it is the current one while it runs. The sign, so that one comparison tells a call that is
/// recorded from one that has no frame or is silent.
const SILENT: u32 = 1 << 31;

/// The guard of a tracked call. Four bytes, and without an effect where the gate is closed.
///
/// Frame number and mark share one word because every byte of it makes every tracked future larger. It is atomic so that futures
/// stay `Sync`; only ever touched by whoever runs the function.
#[derive(Debug)]
pub struct Call(AtomicU32);

impl Call {
    /// The guard where nothing is recorded.
    #[inline]
    fn none() -> Self {
        Self(AtomicU32::new(UNMARKED))
    }

    #[inline]
    fn word(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// The call's frame; 0 where nothing is recorded.
    #[inline]
    fn frame(&self) -> Number {
        frame_of(self.word())
    }

    #[inline]
    fn set_mark(&self, mark: u32) {
        self.0.store(self.word() & !MARKS | mark, Ordering::Relaxed);
    }

    /// Whether the call has a frame.
    #[inline]
    fn has_frame(&self) -> bool {
        self.word() > MARKS
    }
}

#[inline]
fn frame_of(word: u32) -> Number {
    (word & !SILENT) >> MARK_BITS
}

/// Begins a call, and records its start.
#[inline]
#[must_use]
pub fn enter(callsite: &'static Callsite) -> Call {
    if gate::calls_may_be_recorded() { open_and_begin(callsite) } else { Call::none() }
}

#[cold]
fn open_and_begin(callsite: &'static Callsite) -> Call {
    open_frame(callsite, true)
}

/// Begins a call whose start is recorded later, by [`last_field`], when its fields are known.
#[inline]
#[must_use]
pub fn open(callsite: &'static Callsite) -> Call {
    if gate::calls_may_be_recorded() { open_unbegun(callsite) } else { Call::none() }
}

#[cold]
fn open_unbegun(callsite: &'static Callsite) -> Call {
    open_frame(callsite, false)
}

/// Whether the call is recorded, so that its fields are worth their evaluation.
#[inline]
#[must_use]
pub fn is_open(call: &Call) -> bool {
    call.word().cast_signed() > MARKS.cast_signed()
}

/// Puts a field on both events of the call.
#[inline]
pub fn field<V: Field + ?Sized>(call: &Call, name: &'static str, value: &V) {
    // By value: a guard whose address nobody has can be in a register.
    set_field(call.word(), name, value);
}

#[cold]
fn set_field<V: Field + ?Sized>(word: u32, name: &'static str, value: &V) {
    set_value(word, name, &value.to_value());
}

fn set_value(word: u32, name: &'static str, value: &Value) {
    let Some(_busy) = Busy::begin() else { return };
    if let Some(mut frame) = frames::lock(frame_of(word)) {
        frame.set(name, value);
    }
}

/// Puts the last field on both events of the call, and records its start.
#[inline]
pub fn last_field<V: Field + ?Sized>(call: &Call, name: &'static str, value: &V) {
    set_last_field(call.word(), name, value);
}

#[cold]
fn set_last_field<V: Field + ?Sized>(word: u32, name: &'static str, value: &V) {
    begin_with(word, name, &value.to_value());
}

fn begin_with(word: u32, name: &'static str, value: &Value) {
    let number = frame_of(word);
    let Some(_busy) = Busy::begin() else { return };
    if let Some(mut frame) = frames::lock(number) {
        frame.set(name, value);
        start_call(number, frame);
    }
}

/// Marks that what comes next is a success.
#[inline]
pub fn will_ok(call: &Call) {
    call.set_mark(OK);
}

/// Marks a value as that of a success.
#[inline]
pub fn ok<T>(value: T, call: &Call) -> T {
    call.set_mark(OK);
    value
}

/// Whether a call that returns something is recorded. As [`is_open`], but it first asks what the guard's drop asks right after: where the
/// gate is closed, the compiler makes one question of both.
#[inline]
fn ends_open(call: &Call) -> bool {
    if !call.has_frame() {
        return false;
    }
    unlikely();
    call.word() & SILENT == 0
}

/// That what comes next is to be out of the way: it runs only where something is recorded.
#[cold]
#[inline]
fn unlikely() {}

/// Reads from a value whether it is an error.
///
/// The guard comes after the value: a reference to it that was taken before would live on in a future while the value is awaited.
#[inline]
pub fn finish<T, F: FnOnce(&T) -> bool>(value: T, call: &Call, is_error: F) -> T {
    if ends_open(call) {
        call.set_mark(if is_error(&value) { ERROR } else { OK });
    }
    value
}

/// The same, and what the error says while the user asks for that.
#[inline]
pub fn finish_or_tell<T, F: FnOnce(&T) -> bool, G: FnOnce(&T, &mut Told)>(
    value: T,
    call: &Call,
    is_error: F,
    tell: G,
) -> T {
    if ends_open(call) {
        let failed = is_error(&value);
        call.set_mark(if failed { ERROR } else { OK });
        if failed && gate::error_texts() {
            return note_error(value, call.word(), tell);
        }
    }
    value
}

/// The same, of calls that declare it: what the error says, whatever the user asks for.
#[inline]
pub fn finish_and_tell<T, F: FnOnce(&T) -> bool, G: FnOnce(&T, &mut Told)>(
    value: T,
    call: &Call,
    is_error: F,
    tell: G,
) -> T {
    if ends_open(call) {
        let failed = is_error(&value);
        call.set_mark(if failed { ERROR } else { OK });
        if failed {
            return note_error(value, call.word(), tell);
        }
    }
    value
}

/// Takes the value and returns it: where nothing is told, nobody has its address, and it can stay in registers.
#[cold]
#[inline(never)]
fn note_error<T>(value: T, word: u32, tell: impl FnOnce(&T, &mut Told)) -> T {
    // With no lock of ours held.
    if let Some(text) = Told::of(|told| tell(&value, told))
        && let Some(_busy) = Busy::begin()
        && let Some(mut frame) = frames::lock(frame_of(word))
    {
        frame.error = Some(ErrorText(text));
    }
    value
}

/// Says what an exit without a mark means, where only the type of what is returned tells.
#[inline]
pub fn fallible_if(call: &Call, fallible: bool) {
    if is_open(call) && fallible {
        set_fallible(call.frame());
    }
}

#[cold]
fn set_fallible(number: Number) {
    let Some(_busy) = Busy::begin() else { return };
    if let Some(open) = frames::lock(number).as_mut().and_then(|frame| frame.open.as_mut()) {
        open.fallible = true;
    }
}

/// Makes the call the current one while a future is polled, and only then.
#[inline]
pub fn awaiting<F>(call: &Call, future: F) -> Awaiting<F> {
    Awaiting { future, frame: call.frame() }
}

/// Makes the call the current one while a future is polled that a macro waits for, and only then: when it is ready, others may
/// still be waited for.
#[inline]
pub fn polling<F: IntoFuture>(call: &Call, future: F) -> Polling<F::IntoFuture> {
    Polling { future: future.into_future(), frame: call.frame() }
}

/// That a macro waits, at places that only it knows: the call is not the current one until it is [`resumed`].
#[inline]
#[must_use]
pub fn pause(call: &Call) -> Paused {
    if call.has_frame() {
        wait(call.frame(), Waiting::InMacro);
    }
    Paused(call.frame())
}

/// A call that [`pause`] was told of.
#[derive(Clone, Copy, Debug)]
pub struct Paused(Number);

/// The macro is done.
#[inline]
pub fn resumed<T>(paused: Paused, value: T) -> T {
    if paused.0 != 0 {
        go_on(paused.0);
    }
    value
}

/// The macro has waited, and lets the body go on for a while.
#[inline]
pub fn resume(call: &Call) {
    if call.has_frame() {
        go_on(call.frame());
    }
}

/// What [`awaiting`] returns: something to `.await`, if what it was given is.
#[derive(Debug)]
pub struct Awaiting<F> {
    future: F,
    frame: Number,
}

impl<F: IntoFuture> IntoFuture for Awaiting<F> {
    type Output = F::Output;
    type IntoFuture = Awaited<F::IntoFuture>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Awaited { future: self.future.into_future(), frame: self.frame }
    }
}

pin_project! {
    /// A future inside a tracked call.
    #[derive(Debug)]
    pub struct Awaited<F> {
        #[pin]
        future: F,
        frame: Number,
    }
}

impl<F: Future> Future for Awaited<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if *this.frame == 0 {
            return this.future.poll(context);
        }
        go_on(*this.frame);
        let polled = this.future.poll(context);
        if polled.is_pending() {
            wait(*this.frame, Waiting::AtAwait);
        }
        polled
    }
}

pin_project! {
    /// A future inside a macro inside a tracked call.
    #[derive(Debug)]
    pub struct Polling<F> {
        #[pin]
        future: F,
        frame: Number,
    }
}

impl<F: Future> Future for Polling<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if *this.frame == 0 {
            return this.future.poll(context);
        }
        go_on(*this.frame);
        let polled = this.future.poll(context);
        wait(*this.frame, Waiting::InMacro);
        polled
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        let word = *self.0.get_mut();
        if word > MARKS {
            close(word);
        }
    }
}

/// Whether a call is open on this thread that fields could be put on.
#[inline]
#[must_use]
pub fn is_recording() -> bool {
    frames::current().frame != 0
}

/// Puts a field on the finish event of the innermost call.
pub fn record<V: Field + ?Sized>(name: &'static str, value: &V) {
    let value = value.to_value();
    let Some(_busy) = Busy::begin() else { return };
    if let Some(mut frame) = frames::lock_current() {
        frame.set(name, &value);
    }
}

/// Adds to a field on the finish event of the innermost call, from 0 on.
pub fn add<V: Summand>(name: &'static str, value: &V) {
    let value = value.to_value();
    let Some(_busy) = Busy::begin() else { return };
    if let Some(mut frame) = frames::lock_current() {
        frame.add(name, &value);
    }
}

impl Frame {
    #[inline]
    fn set(&mut self, name: &'static str, value: &Value) {
        let is_silent = self.open.as_ref().is_some_and(|open| open.is_silent);
        if is_silent || value.is_absent() {
            return;
        }
        if !value.is_personal() || gate::is_identified() {
            return self.fields.set(name, value);
        }
        let rest = value.clone().impersonal();
        if !rest.is_absent() {
            self.fields.set(name, &rest);
        }
    }

    fn add(&mut self, name: &'static str, value: &Value) {
        match self.fields.get(name) {
            Some(old) => self.set(name, &old.plus(value)),
            None => self.set(name, value),
        }
    }
}

/// Whether nothing of a call is to be recorded.
fn is_silent(callsite: &Callsite) -> bool {
    callsite.notes().expires_ever() && callsite.notes().is_over(clock::now())
        || callsite.needs_identity() && !gate::is_identified()
}

/// Whether a call is one of those that are recorded of its function, and then how many were not since the last one. On a test's tape
/// all are.
fn thin(callsite: &Callsite, recorder: &Recorder) -> Option<u64> {
    if matches!(recorder, Recorder::Tape(_)) {
        return Some(0);
    }
    if callsite.sample_rate().is_some_and(|rate| clock::draw() >= rate) {
        return None;
    }
    let Some(limiter) = callsite.limiter() else { return Some(0) };
    let admitted = limiter.admit(clock::nanos());
    if admitted.is_none() {
        recorder.lose(Loss::Limited);
    }
    admitted
}

/// Opens a call, and has it begin if all is known that its start says.
fn open_frame(callsite: &'static Callsite, begins: bool) -> Call {
    let Some(_busy) = Busy::begin() else { return Call::none() };
    let Some(frames) = Frames::of_this_process() else { return Call::none() };
    let outer = frames::current();
    let (parent, recorder) = match frames.recorder(outer) {
        Some((parent, recorder)) if recorder.is_open() => (parent, recorder),
        _ => match Recorder::of_thread() {
            Some(recorder) => (recorder.outermost(), recorder),
            None => return Call::none(),
        },
    };
    let Some((number, mut frame)) = frames.take() else {
        recorder.lose(Loss::TooManyCalls);
        return Call::none();
    };
    let suppressed = if is_silent(callsite) { None } else { thin(callsite, &recorder) };
    let is_silent = suppressed.is_none();
    // Of a call that is left out, nobody asks when it was.
    let began = if is_silent { Moment::NEVER } else { clock::look() };
    let (id, start) = clock::call_ids(began.wall);
    frame.open = Some(Open {
        callsite,
        id,
        parent,
        began,
        start,
        part: recorder.part(),
        recorder,
        start_is_event: false,
        start_is_lost: false,
        fallible: callsite.is_fallible(),
        began_in_panic: std::thread::panicking(),
        waiting: Waiting::No,
        is_silent,
        suppressed: suppressed.unwrap_or(0),
        outer,
    });
    frames::set_current(Current { frame: number, call: Some(id) });
    if begins && !is_silent {
        start_call(number, frame);
    }
    Call(AtomicU32::new(number << MARK_BITS | if is_silent { SILENT } else { 0 }))
}

fn start_call(number: Number, mut guard: MutexGuard<'_, Frame>) {
    let frame = &mut *guard;
    let Some(open) = &mut frame.open else { return };
    let (name, what) = match (open.callsite.start_name(), open.finish_name()) {
        (Some(start), finish) => (start, What::Start(finish)),
        // Nobody is told that it began; but if it does not end, somebody is to be told that.
        (None, Some(finish)) => (finish, What::Begun(Some(finish), false)),
        (None, None) => return,
    };
    let is_event = matches!(what, What::Start(_));
    let fits =
        codec::write_call(&mut frame.record, &open.head(open.start, open.began.wall, what), name, Some(&frame.fields));
    if fits
        && let Recorder::Engine(engine) = open.recorder
        && engine.takes(open.part, &frame.record, is_event.then_some(Kinds::STARTS))
    {
        open.start_is_event = is_event;
        drop(guard);
        return engine.follow_up(is_event);
    }
    let (recorder, part) = (open.recorder.clone(), open.part);
    let mut record = frame.begin_writing(part);
    // No lock is held while the system writes.
    drop(guard);
    let mut is_kept = true;
    if fits {
        codec::seal(&mut record);
        if is_event {
            is_kept = recorder.record(part, &record);
        } else {
            recorder.keep(part, &record);
        }
    } else if is_event {
        recorder.lose(Loss::TooLarge);
        is_kept = false;
    }
    let Some(mut frame) = frames::lock(number) else { return };
    frame.end_writing(record);
    if let Some(open) = &mut frame.open {
        open.start_is_event = is_event && is_kept;
        open.start_is_lost = !is_kept;
    }
}

/// The call's body goes on, on this thread.
fn go_on(number: Number) {
    let Some(_busy) = Busy::begin() else { return };
    let mut frame = frames::lock(number);
    let Some(open) = frame.as_mut().and_then(|frame| frame.open.as_mut()) else { return };
    if open.waiting != Waiting::No {
        open.waiting = Waiting::No;
        open.outer = frames::current();
        frames::set_current(Current { frame: number, call: Some(open.id) });
    }
}

/// The call's body waits, and this thread goes on to something else.
fn wait(number: Number, waiting: Waiting) {
    let Some(_busy) = Busy::begin() else { return };
    let mut frame = frames::lock(number);
    let Some(open) = frame.as_mut().and_then(|frame| frame.open.as_mut()) else { return };
    if open.waiting == Waiting::No {
        // Whatever is current now began inside, and waits as well.
        frames::set_current(open.outer);
    }
    open.waiting = waiting;
}

/// Makes current what was so before the call, unless the call is not current here.
fn leave(number: Number, open: &Open) {
    if frames::current() == (Current { frame: number, call: Some(open.id) }) {
        frames::set_current(open.outer);
    }
}

/// The end of a call of which nothing is recorded.
fn close_silently(number: Number) {
    let Some(_busy) = Busy::begin() else { return };
    let open = frames::lock(number).and_then(|mut frame| frame.open.take());
    let Some(open) = open else { return };
    if open.waiting == Waiting::No {
        leave(number, &open);
    }
    frames::give_back(number);
}

#[cold]
fn close(word: u32) {
    let number = frame_of(word);
    if word & SILENT == 0 { finish_call(number, word & MARKS) } else { close_silently(number) }
}

fn finish_call(number: Number, mark: u32) {
    let Some(_busy) = Busy::begin() else { return };
    let Some(mut guard) = frames::lock(number) else { return };
    let frame = &mut *guard;
    let Some(open) = &frame.open else { return };
    let (ended, duration) = open.began.look_after();
    let panics = std::thread::panicking() && !open.began_in_panic;
    let outcome = if open.waiting == Waiting::AtAwait {
        Outcome::Cancelled
    } else if panics {
        Outcome::Panicked
    } else if open.waiting == Waiting::InMacro {
        Outcome::Cancelled
    } else if mark == ERROR || mark == UNMARKED && open.fallible {
        Outcome::Error
    } else {
        Outcome::Ok
    };
    let fits = open.callsite.finish_name(outcome == Outcome::Ok).map(|name| {
        let error = frame.error.as_ref().filter(|_| outcome == Outcome::Error).map(ErrorText::as_str);
        let finish = Finish { outcome, duration: Some(duration), error, started: open.start_is_event };
        let head = open.head(outcome_id(open.start), ended.wall, What::Finish(finish));
        codec::write_call(&mut frame.record, &head, name, Some(&frame.fields))
    });
    frame.fields.clear();
    frame.error = None;
    if open.waiting == Waiting::No {
        leave(number, open);
    }
    if fits == Some(true)
        && let Recorder::Engine(engine) = open.recorder
        && engine.takes(open.part, &frame.record, Some(Kinds::FINISHES))
    {
        frame.open = None;
        drop(guard);
        frames::give_back(number);
        return engine.follow_up(true);
    }
    let Some(open) = frame.open.take() else { return };
    let mut record = frame.begin_writing(open.part);
    drop(guard);
    match fits {
        Some(true) => {
            codec::seal(&mut record);
            if open.start_is_lost {
                open.recorder.record(open.part, &record);
            } else {
                open.recorder.record_outcome(open.part, &record);
            }
        }
        Some(false) => open.recorder.lose(Loss::TooLarge),
        None => {}
    }
    if let Some(mut frame) = frames::lock(number) {
        frame.end_writing(record);
    }
    frames::give_back(number);
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fmt;

    use super::*;
    use crate::callsite::Details;
    use crate::event::{Event, EventKind};
    use crate::limits;
    use crate::probe::{ErrorDefault as _, ErrorKnown as _, Probe};
    use crate::testing::Capture;
    use crate::value::Identifier;

    thread_local! {
        static PRINTED: Cell<u32> = const { Cell::new(0) };
    }

    /// One that counts how often it is printed.
    struct Failure(String);

    impl fmt::Display for Failure {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            PRINTED.set(PRINTED.get() + 1);
            assert!(self.0 != "panics", "as asked");
            f.write_str(&self.0)
        }
    }

    /// One that does not print.
    struct Silent;

    static CALLSITE: Callsite = Callsite::new("f", "m").finish("F Finished").fallible();

    /// What an expansion does with a value at the end, and what the event says then.
    macro_rules! error_of {
        ($value:expr) => {{
            let capture = Capture::new();
            let attached = capture.attach();
            let call = enter(&CALLSITE);
            drop(finish_or_tell(
                $value,
                &call,
                |value| value.is_err(),
                |value, told| (&Probe(value)).__telemetry_tell_error(told),
            ));
            drop(call);
            drop(attached);
            match capture.events().as_slice() {
                [Event { kind: EventKind::Finish { error, outcome, .. }, .. }] => {
                    (*outcome, error.as_ref().map(|error| error.as_str().to_owned()))
                }
                others => panic!("{others:?}"),
            }
        }};
    }

    /// CL-22: nothing is evaluated unless the user asks for it; then errors that print are told, and others are as they were.
    #[test]
    fn errors_say_what_they_say_where_the_user_asks_for_it() {
        assert_eq!(error_of!(Err::<u8, _>(Failure("typed".into()))), (Outcome::Error, None));
        assert_eq!(PRINTED.get(), 0, "nobody asked");
        gate::set_error_texts(true);
        assert_eq!(error_of!(Err::<u8, _>(Failure("typed".into()))), (Outcome::Error, Some("typed".into())));
        assert_eq!(error_of!(Ok::<u8, Failure>(1)), (Outcome::Ok, None));
        assert_eq!(PRINTED.get(), 1);
        assert_eq!(error_of!(Err::<u8, _>(Box::<dyn std::error::Error>::from("boxed"))).1.as_deref(), Some("boxed"));
        assert_eq!(error_of!(Err::<u8, _>(Silent)), (Outcome::Error, None));
        assert_eq!(error_of!(Err::<u8, _>(Failure(String::new()))), (Outcome::Error, None));
        assert_eq!(error_of!(Err::<u8, _>(Failure("panics".into()))), (Outcome::Error, None));
        let long = format!("x{}", "é".repeat(limits::ERROR_TEXT_BYTES));
        let (_, text) = error_of!(Err::<u8, _>(Failure(long.clone())));
        assert_eq!(text.as_deref(), long.get(..limits::ERROR_TEXT_BYTES - 1), "cut between two characters");
        gate::set_error_texts(false);
        assert_eq!(error_of!(Err::<u8, _>(Failure("again".into()))), (Outcome::Error, None));
    }

    #[test]
    fn a_finish_says_whether_its_start_was_an_event() {
        static BOTH: Callsite = Callsite::new("f", "m").start("F Started").finish("F Finished");
        static FINISH: Callsite = Callsite::new("f", "m").finish("F Finished");
        let started = |call: fn() -> Call| {
            let capture = Capture::new();
            let _attached = capture.attach();
            drop(call());
            match capture.events().last() {
                Some(Event { kind: EventKind::Finish { started, .. }, .. }) => *started,
                other => panic!("{other:?}"),
            }
        };
        assert!(started(|| enter(&BOTH)));
        assert!(!started(|| enter(&FINISH)));
        assert!(!started(|| open(&BOTH)), "its fields panicked");
    }

    /// CQ-02: what is identifiable is recorded while an identity is set, and only then.
    #[test]
    fn an_identity_lets_what_is_identifiable_through() {
        static IDENTIFIABLE: Callsite = Callsite::new("f", "m").start("Invoice").details({
            static DETAILS: Details = Details::NONE.identifiable();
            &DETAILS
        });
        let capture = Capture::new();
        let _attached = capture.attach();
        let invoice = || {
            let call = open(&IDENTIFIABLE);
            if is_open(&call) {
                field(&call, "number", &1_u8);
                last_field(&call, "team", &Identifier::team("acme"));
            }
        };
        invoice();
        assert_eq!(capture.events(), []);
        gate::set_identified(true);
        invoice();
        gate::set_identified(false);
        let [event] = &capture.events()[..] else { panic!("{:?}", capture.events()) };
        assert_eq!(event.field("team").map(ToString::to_string).as_deref(), Some("acme"));
        invoice();
        assert_eq!(capture.events().len(), 1);
    }
}
