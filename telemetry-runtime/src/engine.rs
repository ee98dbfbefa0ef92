//! Where events of this process go: onto the disk at once, or to the worker where the program wants it so or nothing can be
//! written.
//!
//! There is one engine a process at most, set at start and never taken back, so that recording needs no lock to find it. A forked
//! child makes one of its own when it records its first event: what its parent's has in memory belongs to threads that the child
//! does not have.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant, SystemTime};

use once_cell::sync::OnceCell;

use crate::busy::Busy;
use crate::callsite;
use crate::clock;
use crate::codec::{self, EventHead, What};
use crate::error::FlushError;
use crate::event::{CallId, Event, EventKind, Run, UNKNOWN, anonymous};
use crate::fork::{self, PerProcess};
use crate::format::Track;
use crate::gate;
use crate::identity::{Identity, InstallIdKind};
use crate::inspect::{Bodies, Inspect};
use crate::latch::{Doing, Done, latch};
use crate::launch::Recording;
use crate::level::{Kinds, Level};
use crate::limits;
use crate::loss::{Books, Counts, Loss, SinkBooks};
use crate::mailbox::{Inbox, Outbox, mailbox};
use crate::once_file;
use crate::os;
use crate::pauses::Pauses;
use crate::queue::Queue;
use crate::sink::Sink;
use crate::spool::{Part, Spool, Unspooled};
use crate::state::Purges;
use crate::thinning::Thinning;
use crate::value::{Id, since_epoch};

/// What every engine of this program is made of.
pub(crate) struct Plan {
    /// The facts of the run; each process fills in an invocation id of its own.
    pub(crate) run: Run,
    /// The first process's invocation id, if the program gave one.
    pub(crate) invocation: Option<Id>,
    pub(crate) install_id: InstallId,
    /// Who is signed in from the start.
    pub(crate) identity: Option<Identity>,
    /// The call of the process that started this one.
    pub(crate) outermost: Option<CallId>,
    pub(crate) state_dir: Option<PathBuf>,
    pub(crate) sinks: Arc<[Sink]>,
    /// … and the tracks of each.
    pub(crate) tracks: Vec<Vec<Track>>,
    pub(crate) recording: Recording,
    pub(crate) level: Level,
    pub(crate) batch_window: Duration,
    /// How often it is told what was only counted.
    pub(crate) aggregate_interval: Duration,
    /// Starts a worker for an engine.
    pub(crate) start_worker: fn(&'static Plan, &'static Engine, Inbox<Control>),
    /// Records what there is to be said at the end.
    pub(crate) tell_last: fn(&'static Engine),
    /// Whether the user has had everything deleted since the start.
    pub(crate) purges: Arc<Purges>,
    /// Where batches go instead of to the sinks, if the user only wants to look at them.
    pub(crate) inspect: Option<Inspect>,
    /// Who is shown each body while it is sent.
    pub(crate) bodies: Option<Arc<Bodies>>,
    /// Of the program's required usage, and of nothing else.
    pub(crate) is_required: bool,
}

/// Where the install id comes from.
#[derive(Clone, Debug)]
pub(crate) enum InstallId {
    None,
    Given(Id, InstallIdKind),
    /// A file, read or made with the first event.
    File(PathBuf),
}

/// The facts of a run: all are known from the start but for the install id, which may be in a file that is still to be made.
#[derive(Debug)]
struct LateRun {
    known: Run,
    install_id: InstallId,
    purges: Arc<Purges>,
    run: OnceCell<Arc<Run>>,
}

impl LateRun {
    fn get(&self) -> &Arc<Run> {
        if let Some(run) = self.run.get() {
            return run;
        }
        // Made without a lock; whoever is first is right, and of a file all say the same.
        let run = self.make();
        self.run.get_or_init(|| run)
    }

    #[cold]
    fn make(&self) -> Arc<Run> {
        let (install_id, install_id_kind) = match &self.install_id {
            InstallId::None => (None, InstallIdKind::None),
            InstallId::Given(id, kind) => (Some(*id), *kind),
            // Whoever had it deleted has not asked for another one.
            InstallId::File(_) if self.purges.are_newer() => (None, InstallIdKind::None),
            InstallId::File(path) => match once_file::read_or_make(path) {
                Some(id) => (Some(id), InstallIdKind::Lasting),
                None => (None, InstallIdKind::None),
            },
        };
        Arc::new(Run { install_id, install_id_kind, ..self.known.clone() })
    }

    fn record(&self) -> Vec<u8> {
        let mut record = Vec::new();
        // Its size was looked at when the plan was made.
        codec::write_run(&mut record, self.get());
        record
    }
}

/// Who is, and was, signed in.
#[derive(Debug, Default)]
struct Identities {
    /// The number of who is signed in now.
    current: AtomicU32,
    /// Those that events may still name, the last ones at the end.
    known: Mutex<VecDeque<(u32, Arc<Identity>)>>,
}

/// Starts a detached sender, which takes what this process leaves. It is named where the program asks for one, so that no other has it
/// in it.
type StartSender = fn(&Plan, &Engine);
static SENDER: OnceCell<StartSender> = OnceCell::new();

/// From now on, a detached sender may take what this process leaves.
pub(crate) fn allow_sender(start: StartSender) {
    let _ = SENDER.set(start);
}

/// An engine of each process, and what they are made of.
struct Engines {
    plan: OnceCell<Box<Plan>>,
    each: PerProcess<Engine>,
}

/// Those of what the user decides by the level …
static ENGINES: Engines = Engines::new();
/// … and those of required usage, which share neither disk nor facts nor fate with them: that the user has had everything deleted, has
/// turned telemetry off or was never asked is nothing to them.
static REQUIRED: Engines = Engines::new();

impl Engines {
    const fn new() -> Self {
        Self { plan: OnceCell::new(), each: PerProcess::new() }
    }

    #[cold]
    fn begin(&'static self) -> Option<&'static Engine> {
        let plan = self.plan.get()?;
        let mut inbox = None;
        let engine = self.each.get_or_init(|| {
            let (engine, ends) = Engine::new(plan, self.each.ancestors());
            inbox = Some(ends);
            engine
        })?;
        if let Some(inbox) = inbox {
            (plan.start_worker)(plan, engine, inbox);
        }
        Some(engine)
    }
}

/// Sets what engines are made of; `None` if that was done before. The first is made when it is asked for.
pub(crate) fn install(plan: Plan) -> Option<()> {
    let engines = if plan.is_required { &REQUIRED } else { &ENGINES };
    engines.plan.set(Box::new(plan)).ok()
}

/// The engine of this process, once telemetry was started.
pub(crate) fn engine() -> Option<&'static Engine> {
    ENGINES.each.get().or_else(|| ENGINES.begin())
}

/// The engine of this process for required usage, once that was started.
pub(crate) fn required() -> Option<&'static Engine> {
    REQUIRED.each.get().or_else(|| REQUIRED.begin())
}

/// The producing side.
#[derive(Debug)]
pub(crate) struct Engine {
    run: Arc<LateRun>,
    identities: Identities,
    outermost: Option<CallId>,
    /// Nothing of this run is to be sent.
    excluded: AtomicBool,
    pub(crate) spool: Spool,
    pub(crate) books: Books,
    /// One a sink, in the order of the sinks.
    pub(crate) sink_books: Vec<SinkBooks>,
    sink_names: Vec<String>,
    /// Of each sink the kinds of events that it is owed, for each of its tracks.
    sink_tracks: Vec<Vec<Kinds>>,
    /// Made when something is put into it: in the direct mode that is nothing, and it is large.
    queue: OnceCell<Queue>,
    control: Outbox<Control>,
    /// A batch window is open: the worker knows that there is something.
    woken: AtomicBool,
    mode: AtomicU8,
    /// Something was appended, or it was tried.
    has_appended: AtomicBool,
    /// So many appends one after another took long.
    slow: AtomicU32,
    /// When the last of them ended, by `clock::ticks`.
    slow_until: AtomicU64,
    /// The worker is at the network, and saves nothing meanwhile.
    away: AtomicBool,
    /// The end may wait for what had been left for a day.
    may_catch_up: AtomicBool,
    /// The worker has events in memory alone.
    is_remembering: AtomicBool,
    ended: AtomicBool,
    /// Held by whoever puts what is queued onto the disk.
    saving: Mutex<()>,
    /// Everything goes to a file that the user looks at.
    only_shows: bool,
    purges: Arc<Purges>,
    /// The user has had everything deleted: nothing is recorded or sent any more.
    purged: AtomicBool,
    aggregate_interval: Duration,
    /// When it was last told what was only counted.
    aggregated: Mutex<SystemTime>,
    is_required: bool,
}

/// How an event gets onto the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Mode {
    /// On the caller's thread.
    Direct,
    /// On the caller's thread, and through to the medium.
    Synced,
    /// On the worker's thread, unless it is away.
    Queued,
    /// On the worker's thread: the disk is slow.
    Slow,
}

/// [`limits::SLOW_APPEND`], in nanoseconds.
#[allow(clippy::cast_possible_truncation, reason = "a millisecond")]
const SLOW_APPEND: u64 = limits::SLOW_APPEND.as_nanos() as u64;

/// A record that could not be written, and where it was to be.
pub(crate) type Queued = (Part, Box<[u8]>);

/// What the worker is told.
#[derive(Debug)]
pub(crate) enum Control {
    /// There is something to send, when the batch window closes.
    Wake,
    /// Look whether there is room for more on disk, before somebody who records has to.
    LookAhead,
    /// Send everything now, and say when that was tried; a pause that ends in time is waited for.
    Flush(Instant, Doing),
    /// Put what waits in memory onto the disk, and say when that was tried.
    Save(Doing),
    /// Do this from time to time.
    Every(Periodic),
    /// End.
    Stop,
}

/// What is done from time to time, on the worker's thread: quick, or on a thread of its own.
pub(crate) struct Periodic {
    pub(crate) next: Instant,
    pub(crate) interval: Duration,
    /// Records what there is to be recorded; says whether it is to be done again.
    pub(crate) run: Box<dyn FnMut(&'static Engine) -> bool + Send>,
}

impl std::fmt::Debug for Periodic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Periodic").field("interval", &self.interval).finish_non_exhaustive()
    }
}

impl Engine {
    fn new(plan: &Plan, forked_from: Option<&Self>) -> (Self, Inbox<Control>) {
        let invocation = plan.invocation.filter(|_| forked_from.is_none()).unwrap_or_else(clock::invocation_id);
        let parent = forked_from.map(Self::invocation).or(plan.run.parent);
        let trace = forked_from.map(|engine| engine.run.known.trace()).or(plan.run.trace);
        let run = Arc::new(LateRun {
            known: Run { invocation, parent, trace, ..plan.run.clone() },
            install_id: plan.install_id.clone(),
            purges: Arc::clone(&plan.purges),
            run: OnceCell::new(),
        });
        let purges = &plan.purges;
        let spool = plan.state_dir.as_deref().map_or_else(Spool::nowhere, |folder| {
            let run = Arc::clone(&run);
            Spool::described(folder, move || run.record()).heeding(Arc::clone(purges))
        });
        let spool = if plan.is_required { spool.strictly_bounded() } else { spool };
        let (control, told) = mailbox();
        let mode = match plan.recording {
            Recording::Direct => Mode::Direct,
            Recording::Queued => Mode::Queued,
            Recording::Synced => Mode::Synced,
        };
        let engine = Self {
            run,
            identities: Identities::default(),
            // A forked child was not started from that call.
            outermost: plan.outermost.filter(|_| forked_from.is_none()),
            excluded: AtomicBool::new(forked_from.is_some_and(Self::is_excluded)),
            spool,
            books: Books::default(),
            sink_books: plan.sinks.iter().map(|_| SinkBooks::default()).collect(),
            sink_names: plan.sinks.iter().map(|sink| sink.name().to_owned()).collect(),
            sink_tracks: plan.tracks.iter().map(|tracks| tracks.iter().map(|track| track.kinds).collect()).collect(),
            queue: OnceCell::new(),
            control,
            woken: AtomicBool::new(false),
            mode: AtomicU8::new(mode as u8),
            has_appended: AtomicBool::new(false),
            slow: AtomicU32::new(0),
            slow_until: AtomicU64::new(0),
            away: AtomicBool::new(false),
            may_catch_up: AtomicBool::new(false),
            is_remembering: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            saving: Mutex::new(()),
            only_shows: plan.inspect.is_some(),
            purges: Arc::clone(purges),
            purged: AtomicBool::new(false),
            aggregate_interval: plan.aggregate_interval,
            aggregated: Mutex::new(clock::now()),
            is_required: plan.is_required,
        };
        match forked_from {
            None => engine.sign_in(plan.identity.as_ref()),
            Some(parent) => match parent.signed_in() {
                0 => {}
                number => match parent.identity_at_fork(number) {
                    Some(identity) => engine.sign_in(Some(&identity)),
                    None => engine.identities.current.store(UNKNOWN, Ordering::Release),
                },
            },
        }
        (engine, told)
    }

    /// Records an event: when this returns, the event is on disk, or in the queue where that is the mode or nothing can be
    /// written, or it is counted as lost. Says whether it is kept.
    pub(crate) fn record(&self, part: Part, record: &[u8]) -> bool {
        let kept = self.keep(part, record);
        self.book(record, kept);
        self.wake();
        kept.is_ok()
    }

    /// Puts a record, whose checksum is still to be made, on its way to the worker, if that is the way that it goes now: that waits for
    /// nobody, and asks the system for nothing. Then what [follows](Self::follow_up) is to be done, with no lock held.
    #[inline]
    pub(crate) fn takes(&self, part: Part, record: &[u8], kind: Option<Kinds>) -> bool {
        let is_queued = self.is_in(Mode::Queued) && !self.away.load(Ordering::Acquire) || self.is_in(Mode::Slow);
        // After the end there is nobody who would put it onto the disk.
        if !is_queued || self.is_purged() || self.has_ended() {
            return false;
        }
        // Until the worker has made the queue, which takes longer than some events do, the disk takes them.
        let is_put = self.queue.get().is_some_and(|queue| queue.put(part, record));
        if let Some(kind) = kind.filter(|_| is_put) {
            self.books.keep(kind);
        }
        is_put
    }

    /// What is to be done when a record [is on its way](Self::takes), which may be an event's.
    #[inline]
    pub(crate) fn follow_up(&self, is_event: bool) {
        if self.has_ended() {
            self.save_at_end();
        }
        if is_event {
            self.wake();
        }
    }

    #[cold]
    fn save_at_end(&self) {
        let until = clock::tick().checked_add(limits::SAVE_AT_EXIT);
        self.save(until, |(_, record)| self.lose_queued(&record, Loss::QueueFull));
    }

    /// Records what cannot wait: the process may be about to end.
    pub(crate) fn record_now(&self, record: &[u8]) {
        if self.is_purged() {
            return self.books.refuse(Loss::Purged);
        }
        let part = self.spool.part();
        let kept = match self.append(part, record) {
            // There are few, so they have the room of the books.
            Err(Unspooled::Full) => self.spool.append_to_books(part, record),
            done => done,
        };
        let kept = kept.or_else(|_| self.enqueue(part, record));
        self.book(record, kept);
        self.wake();
    }

    /// Records the outcome of a call whose start was kept: for that there is room where there is none for another event.
    pub(crate) fn record_outcome(&self, part: Part, record: &[u8]) {
        let kept = match self.keep(part, record) {
            Err(Loss::SpoolFull) => self.spool.append_to_books(part, record).map_err(|_| Loss::SpoolFull),
            kept => kept,
        };
        self.book(record, kept);
        self.wake();
    }

    /// Records a report of required usage. Says whether it is kept, on disk or on its way there, or in memory where nothing can be
    /// written; what is not, because there is no room, is the caller's to keep.
    pub(crate) fn record_required(&self, record: &[u8]) -> bool {
        let kept = self.keep(self.spool.part(), record);
        if kept.is_ok() {
            self.book(record, kept);
        }
        self.wake();
        kept.is_ok()
    }

    /// Whether it is that of required usage.
    pub(crate) const fn is_required(&self) -> bool {
        self.is_required
    }

    /// Whether a detached sender may take what this one leaves: required usage goes where a sender is not started, too.
    pub(crate) fn is_helped(&self) -> bool {
        !self.is_required && SENDER.get().is_some()
    }

    /// Books what became of an event's record.
    fn book(&self, record: &[u8], kept: Result<(), Loss>) {
        let _busy = Busy::renew();
        match (kept, codec::kind_of(record)) {
            (Ok(()), Some(kind)) => self.books.keep(kind),
            (Ok(()), None) => {}
            (Err(loss), _) => self.books.refuse(loss),
        }
    }

    /// Books that a record is lost that had been on its way to the disk.
    pub(crate) fn lose_queued(&self, record: &[u8], loss: Loss) {
        match codec::kind_of(record) {
            // Numbers of losses were never counted as recorded.
            Some(Kinds::LOSSES) | None => {}
            Some(kind) => self.books.lose_kept(kind, loss),
        }
    }

    /// Keeps a record, which may be no event.
    pub(crate) fn keep(&self, part: Part, record: &[u8]) -> Result<(), Loss> {
        if self.is_purged() {
            return Err(Loss::Purged);
        }
        // Until the worker has made the queue, which takes longer than some events do, the disk takes them.
        let takes_queued = || !self.away.load(Ordering::Acquire) && self.queue.get().is_some();
        let is_queued = self.is_in(Mode::Slow) || self.is_in(Mode::Queued) && takes_queued();
        // After the end there is nobody who would put it onto the disk.
        if is_queued && !self.has_ended() {
            match self.enqueue(part, record) {
                Ok(()) => {
                    self.follow_up(false);
                    return Ok(());
                }
                Err(loss) if self.is_in(Mode::Slow) => return Err(loss),
                // The disk takes it.
                Err(_) => {}
            }
        }
        match self.append(part, record) {
            Ok(()) => Ok(()),
            Err(Unspooled::Full) => Err(Loss::SpoolFull),
            Err(Unspooled::Unwritable) => self.enqueue(part, record),
        }
    }

    /// Appends to the spool, and looks how long that takes: a disk that is slow is the worker's to wait for.
    fn append(&self, part: Part, record: &[u8]) -> Result<(), Unspooled> {
        let is_first = !self.has_appended.load(Ordering::Relaxed) && !self.has_appended.swap(true, Ordering::Relaxed);
        let began = clock::ticks();
        let appended = self.spool.append(part, record);
        if self.spool.is_near_limit() {
            self.control.send(Control::LookAhead);
        }
        if self.is_in(Mode::Synced) {
            // A medium that cannot be written through to keeps what it keeps.
            drop(self.spool.current().map(|segment| segment.sync()));
            return appended;
        }
        let ended = clock::ticks();
        let took_long = ended.saturating_sub(began) > SLOW_APPEND;
        if took_long && self.is_slow_again(began, ended)
            || is_first && self.spool.current().is_some_and(|segment| segment.is_remote())
        {
            self.mode.store(Mode::Slow as u8, Ordering::Relaxed);
            // It may know already that there is something, but not that it is to save it.
            self.control.send(Control::Wake);
        } else if !took_long && self.slow.load(Ordering::Relaxed) > 0 {
            self.slow.store(0, Ordering::Relaxed);
        }
        appended
    }

    /// Whether so many appends took long, each begun when the one before it had ended: those that wait for one another, while one of them
    /// is interrupted, say of a busy machine and nothing of the disk.
    #[cold]
    fn is_slow_again(&self, began: u64, ended: u64) -> bool {
        began >= self.slow_until.fetch_max(ended, Ordering::Relaxed)
            && self.slow.fetch_add(1, Ordering::Relaxed) + 1 >= limits::SLOW_APPENDS
    }

    fn enqueue(&self, part: Part, record: &[u8]) -> Result<(), Loss> {
        if self.queue().put(part, record) { Ok(()) } else { Err(Loss::QueueFull) }
    }

    fn queue(&self) -> &Queue {
        self.queue.get_or_init(|| Queue::new(limits::QUEUE_BYTES))
    }

    /// Makes what events need on their way to the worker, if they are to go there: on the worker's thread, so that no other has to.
    pub(crate) fn prepare(&self) {
        if self.is_queued() {
            self.queue();
        }
    }

    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    fn is_in(&self, mode: Mode) -> bool {
        self.mode.load(Ordering::Relaxed) == mode as u8
    }

    /// How events get onto the disk now, and whether that is so because the disk is slow.
    pub(crate) fn recording(&self) -> (Recording, bool) {
        let is_slow = self.is_in(Mode::Slow);
        let recording = if is_slow || self.is_in(Mode::Queued) {
            Recording::Queued
        } else if self.is_in(Mode::Synced) {
            Recording::Synced
        } else {
            Recording::Direct
        };
        (recording, is_slow)
    }

    /// Whether events wait for the worker to put them onto the disk.
    pub(crate) fn is_queued(&self) -> bool {
        self.is_in(Mode::Queued) || self.is_in(Mode::Slow)
    }

    /// Waking a sleeping thread costs more than the event did, so it is done once a batch.
    #[inline]
    fn wake(&self) {
        // In one order with what the worker does when it begins to read: either it has this event, or this sees that it began.
        if !self.woken.load(Ordering::SeqCst) {
            self.wake_now();
        }
    }

    #[cold]
    fn wake_now(&self) {
        if !self.woken.swap(true, Ordering::SeqCst) {
            self.control.send(Control::Wake);
        }
    }

    /// Books an event that was to be recorded and cannot be.
    pub(crate) fn lose(&self, loss: Loss) {
        self.books.refuse(loss);
    }

    /// Puts what is queued onto the disk, as long as there is time; hands what the disk does not take to `unwritten`.
    ///
    /// Many records take one write: on a slow disk, there is time for no more at the end.
    pub(crate) fn save(&self, until: Option<Instant>, mut unwritten: impl FnMut(Queued)) {
        // Who else has taken something out of the queue has written it by then.
        let Some(_saving) = self.begin_saving(until) else { return };
        let Some(queue) = self.queue.get() else { return };
        let waits = || until.is_none_or(|until| clock::tick() < until);
        let take = |bytes: &mut Vec<u8>, ends: &mut Vec<usize>, length| {
            let begin = bytes.len();
            queue.take(bytes, length);
            codec::seal(&mut bytes[begin..]);
            ends.push(bytes.len());
        };
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        let mut next = queue.next(waits);
        while let Some((part, length)) = next {
            bytes.clear();
            ends.clear();
            take(&mut bytes, &mut ends, length);
            next = queue.next(waits);
            while let Some((_, length)) =
                next.filter(|(next, length)| *next == part && bytes.len() + length <= limits::READ_BYTES)
            {
                take(&mut bytes, &mut ends, length);
                next = queue.next(waits);
            }
            let mut rest = bytes.as_slice();
            let mut begin = 0;
            let records = ends.iter().filter_map(|end| {
                let (record, behind) = rest.split_at_checked(end - begin)?;
                (rest, begin) = (behind, *end);
                Some(record)
            });
            match self.spool.append(part, &bytes) {
                Ok(()) => {}
                Err(Unspooled::Full) => {
                    for record in records {
                        match self.spool.append(part, record) {
                            Ok(()) => {}
                            // It waits in memory until there is room.
                            Err(Unspooled::Full) if self.is_required => unwritten((part, record.into())),
                            // Whether it is the outcome of what has its room is not known here.
                            Err(Unspooled::Full) => self.lose_queued(record, Loss::SpoolFull),
                            Err(Unspooled::Unwritable) => unwritten((part, record.into())),
                        }
                    }
                }
                Err(Unspooled::Unwritable) => records.for_each(|record| unwritten((part, record.into()))),
            }
            if !waits() {
                return;
            }
        }
    }

    fn begin_saving(&self, until: Option<Instant>) -> Option<MutexGuard<'_, ()>> {
        let Some(until) = until else { return Some(self.saving.lock().unwrap_or_else(PoisonError::into_inner)) };
        loop {
            match self.saving.try_lock() {
                Ok(saving) => return Some(saving),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) if clock::tick() >= until => return None,
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        }
    }

    /// How often it is told what was only counted.
    pub(crate) const fn aggregate_interval(&self) -> Duration {
        self.aggregate_interval
    }

    /// Records what the calls of functions that are only counted came to since this was last done: an event a function, with one append
    /// for all.
    pub(crate) fn tell_aggregates(&self) {
        // Of a run of which nothing is to be sent, nothing is told.
        if self.is_required || self.is_purged() || self.is_excluded() {
            return;
        }
        let _busy = Busy::begin();
        let since = {
            let mut aggregated = self.aggregated.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *aggregated, clock::now())
        };
        let told = callsite::callsites().iter().filter_map(|callsite| {
            let (name, tally) = callsite.aggregated()?;
            self.own_event(name, None, &EventKind::Aggregate(Box::new(tally.take(since)?)))
        });
        let records: Vec<_> = told.collect();
        if !records.is_empty() {
            self.record_all(&records);
        }
    }

    /// Records events that are not in a hurry one by one.
    fn record_all(&self, records: &[Vec<u8>]) {
        let part = self.spool.part();
        let is_queued = self.is_queued() && !self.has_ended();
        let mut rest = records;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = rest.iter().take_while(|record| {
                bytes += record.len();
                bytes <= limits::READ_BYTES
            });
            let (batch, behind) = rest.split_at(fits.count().max(1));
            rest = behind;
            let is_kept = !is_queued && self.append(part, &batch.concat()).is_ok();
            for record in batch {
                self.book(record, if is_kept { Ok(()) } else { self.keep(part, record) });
            }
        }
        self.wake();
    }

    /// Records what was lost since this was last done, as events that travel with the others; says whether anything was.
    pub(crate) fn tell_losses(&self) -> bool {
        let mut any = false;
        for (reason, events) in self.books.untold() {
            if let Some(record) = self.own_event("Events Lost", None, &EventKind::Loss { reason, events }) {
                self.tell(&record);
                any = true;
            }
        }
        any
    }

    /// Records an event of losses whose segment is to be emptied.
    pub(crate) fn tell_again(&self, event: &Event) {
        if let Some(record) = self.event_of(event.id, event.time, &event.name, event.call, &event.kind) {
            self.tell(&record);
        }
    }

    /// The record of an event that is no start and no finish, made now, in whichever call. It never says who is signed in.
    pub(crate) fn own_event(&self, name: &str, call: Option<CallId>, kind: &EventKind) -> Option<Vec<u8>> {
        let time = clock::now();
        self.event_of(clock::event_id(time), time, name, call, kind)
    }

    fn event_of(
        &self,
        id: Id,
        time: SystemTime,
        name: &str,
        call: Option<CallId>,
        kind: &EventKind,
    ) -> Option<Vec<u8>> {
        let head = EventHead {
            id,
            invocation: self.invocation(),
            time: since_epoch(time),
            call,
            parent: None,
            signed_in: anonymous(self.signed_in()),
            thinning: Thinning::NONE,
            what: What::Kind(kind),
        };
        let mut record = Vec::new();
        codec::write_event(&mut record, &head, name, std::iter::empty()).then_some(record)
    }

    fn tell(&self, record: &[u8]) {
        if !self.is_purged() && self.spool.append_to_books(self.spool.part(), record).is_err() {
            let _ = self.enqueue(self.spool.part(), record);
        }
    }

    /// The worker begins to read: what is recorded from now on needs another wake.
    pub(crate) fn begin_batch(&self) {
        self.woken.store(false, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    /// The worker goes to the network, or comes back.
    pub(crate) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::Release);
    }

    /// Whether the worker is at the network.
    pub(crate) fn is_away(&self) -> bool {
        self.away.load(Ordering::Acquire)
    }

    /// The worker has events in memory alone, or has no longer.
    pub(crate) fn set_remembering(&self, is_remembering: bool) {
        self.is_remembering.store(is_remembering, Ordering::Release);
    }

    /// Where what has been left is a day old, the end may wait for it, in one run a day. Not in a forked child, which nobody granted
    /// anything, and not where a detached sender takes it.
    pub(crate) fn consider_catch_up(&self, oldest: Option<SystemTime>) {
        let age = oldest.and_then(|oldest| clock::now().duration_since(oldest).ok());
        let is_old = age.is_some_and(|age| age >= limits::CATCH_UP_AGE);
        if is_old
            && fork::depth() == 0
            && !self.is_helped()
            && !self.may_catch_up.load(Ordering::Acquire)
            && self.may_ask_a_sink()
            && Pauses::new(self.folder()).claim_catch_up()
        {
            self.may_catch_up.store(true, Ordering::Release);
        }
    }

    /// Whether some sink may be asked now, as far as all runs know.
    pub(crate) fn may_ask_a_sink(&self) -> bool {
        let pauses = Pauses::new(self.folder());
        self.sink_names.iter().any(|sink| pauses.of(sink).is_over())
    }

    /// Has something done from time to time, for as long as this process records.
    pub(crate) fn every(&self, periodic: Periodic) {
        self.control.send(Control::Every(periodic));
    }

    /// Has the worker try to deliver everything, waiting no longer than `timeout`.
    pub(crate) fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        let asked = self.ask_to_flush(timeout);
        asked.wait();
        owed_by(&[self])
    }

    /// Has the worker begin with that.
    fn ask_to_flush(&self, timeout: Duration) -> Flushing {
        self.tell_aggregates();
        let (trying, tried) = latch();
        // As good as for ever.
        let until = clock::tick().checked_add(timeout).unwrap_or_else(|| clock::tick() + Duration::from_secs(1 << 32));
        self.control.send(Control::Flush(until, trying));
        Flushing { until, tried }
    }

    /// Closes the gate, and has the worker deliver what is not delivered yet, if `grace` is left for that.
    fn begin_end(&self, grace: Duration) -> Option<Flushing> {
        if !self.is_required {
            gate::set(Kinds::NONE);
        }
        let began = clock::tick();
        self.tell_aggregates();
        let until = began.checked_add(limits::SAVE_AT_EXIT);
        let mut unwritten = Vec::new();
        self.spool.look_again();
        self.save(until, |queued| unwritten.push(queued));
        // What the worker has taken over, it has to write.
        let (saving, saved) = latch();
        if self.is_remembering.load(Ordering::Acquire)
            && let Some(until) = until
            && self.control.send(Control::Save(saving))
        {
            saved.wait(until.saturating_duration_since(clock::tick()));
        }
        // Within the grace, the worker delivers what the disk does not take.
        for (part, record) in unwritten {
            let _ = self.enqueue(part, &record);
        }
        self.tell_losses();
        // Where the worker could not look before the end, what lies before this process's own events tells.
        let inherited = self.spool.current().filter(|segment| segment.is_inherited());
        self.consider_catch_up(inherited.and_then(|segment| segment.first_time()));
        let may_catch_up = self.may_catch_up.load(Ordering::Acquire);
        let catch_up = if may_catch_up { limits::CATCH_UP_GRACE } else { Duration::ZERO };
        let grace = grace.max(catch_up).saturating_sub(began.elapsed());
        (!grace.is_zero()).then(|| self.ask_to_flush(grace))
    }

    /// How many deliveries (an event to a sink) of this run's events are owed.
    pub(crate) fn pending(&self) -> u64 {
        if self.is_purged() {
            return 0;
        }
        self.owed().map(|(_, owed)| owed).sum()
    }

    /// How many deliveries of this run's events each sink is owed.
    fn owed(&self) -> impl Iterator<Item = (&SinkBooks, u64)> {
        self.sink_books.iter().zip(&self.sink_tracks).map(|(sink, tracks)| {
            let kept: u64 = tracks.iter().map(|kinds| self.books.kept(*kinds)).sum();
            (sink, kept.saturating_sub(sink.settled()))
        })
    }

    /// Where events wait on disk.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.spool.folder()
    }

    /// What each sink last said, by its name.
    pub(crate) fn said(&self) -> Vec<(String, Option<String>)> {
        self.sink_names.iter().cloned().zip(self.sink_books.iter().map(SinkBooks::said)).collect()
    }

    pub(crate) fn counts(&self) -> Counts {
        let sum = |count: fn(&SinkBooks) -> u64| self.sink_books.iter().map(count).sum();
        Counts {
            recorded: self.books.recorded(),
            delivered: sum(SinkBooks::delivered),
            rejected: sum(SinkBooks::rejected),
            pending: self.pending(),
            passed: sum(SinkBooks::passed),
            recovered: sum(SinkBooks::recovered),
            lost: Loss::EACH.map(|loss| self.books.lost(loss)),
        }
    }

    /// Ends recording in this process, because the user has had everything deleted that was kept.
    pub(crate) fn purge(&self) {
        if !self.is_purged() {
            for (sink, owed) in self.owed() {
                sink.give_up(owed);
                self.books.lose(Loss::Purged, owed);
            }
        }
        gate::set(Kinds::NONE);
        self.purged.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_purged(&self) -> bool {
        self.purged.load(Ordering::Relaxed)
    }

    /// Looks whether the user has had everything deleted since the start; then nothing more is recorded or sent.
    pub(crate) fn looks_purged(&self) -> bool {
        if !self.is_purged() && self.purges.are_newer() {
            self.purge();
        }
        self.is_purged()
    }

    /// Whether nothing of this run is sent, because the user only wants to look at it.
    pub(crate) const fn only_shows(&self) -> bool {
        self.only_shows
    }

    /// The run that events are recorded under.
    pub(crate) fn invocation(&self) -> Id {
        self.run.known.invocation
    }

    /// The facts of the run. The first who asks may have the install id made.
    pub(crate) fn run(&self) -> &Arc<Run> {
        self.run.get()
    }

    /// The call of the process that started this one.
    pub(crate) fn outermost(&self) -> Option<CallId> {
        self.outermost
    }

    /// Somebody signs in, or signs out; what is recorded from now on says so.
    pub(crate) fn identify(&self, identity: Option<&Identity>) {
        let _busy = Busy::begin();
        self.sign_in(identity);
    }

    fn sign_in(&self, identity: Option<&Identity>) {
        let number = match identity {
            None => 0,
            Some(identity) if identity.names_somebody() => self.number(identity),
            // It is not nobody who is signed in.
            Some(_) => UNKNOWN,
        };
        let is_known = number != 0 && number != UNKNOWN;
        if !is_known {
            gate::set_identified(false);
        }
        self.identities.current.store(number, Ordering::Release);
        if is_known {
            gate::set_identified(true);
        }
    }

    /// The number of an identity, by which the disk knows it when this returns.
    fn number(&self, identity: &Identity) -> u32 {
        let (number, record) = {
            let mut known = self.identities.known.lock().unwrap_or_else(PoisonError::into_inner);
            let before = known.iter().find(|(_, one)| **one == *identity).map(|(number, _)| *number);
            // Drawn, and not counted: another run may have been given the same invocation id.
            let number = before.unwrap_or_else(clock::number);
            if before.is_none() {
                if known.len() >= limits::IDENTITIES {
                    known.pop_front();
                }
                known.push_back((number, Arc::new(identity.clone())));
            }
            let mut record = Vec::new();
            codec::write_identity(&mut record, self.invocation(), number, identity);
            (number, record)
        };
        self.spool.say_everywhere(&record, true);
        number
    }

    /// The number of who is signed in.
    pub(crate) fn signed_in(&self) -> u32 {
        self.identities.current.load(Ordering::Acquire)
    }

    /// Who a number of this run stands for.
    pub(crate) fn identity(&self, number: u32) -> Option<Arc<Identity>> {
        let known = self.identities.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(one, _)| *one == number).map(|(_, identity)| Arc::clone(identity))
    }

    /// The same of the engine that this process was forked from: a thread that is not here may have had the lock.
    fn identity_at_fork(&self, number: u32) -> Option<Arc<Identity>> {
        let known = self.identities.known.try_lock().ok()?;
        known.iter().find(|(one, _)| *one == number).map(|(_, identity)| Arc::clone(identity))
    }

    /// Somebody signed in whose use is not collected: nothing more is recorded, and what was not sent yet is not sent,
    /// by no run.
    pub(crate) fn exclude(&self) {
        let _busy = Busy::begin();
        gate::set(Kinds::NONE);
        if self.excluded.swap(true, Ordering::AcqRel) {
            return;
        }
        self.sign_in(None);
        let mut record = Vec::new();
        codec::write_excluded(&mut record, self.invocation());
        self.spool.say_everywhere(&record, false);
        self.wake();
    }

    pub(crate) fn is_excluded(&self) -> bool {
        self.excluded.load(Ordering::Acquire)
    }

    /// Whether nothing of a run is to be sent, as far as this process has said so itself.
    pub(crate) fn excludes(&self, invocation: Id) -> bool {
        self.is_excluded() && invocation == self.invocation()
    }
}

/// The engine of this process, if it recorded anything: a forked child may have none of its own.
pub(crate) fn of_this_process() -> Option<&'static Engine> {
    ENGINES.each.get()
}

/// The engine of this process for required usage, if it recorded any.
pub(crate) fn required_of_this_process() -> Option<&'static Engine> {
    REQUIRED.each.get()
}

/// What waits until it was tried to deliver everything.
#[derive(Debug)]
struct Flushing {
    until: Instant,
    tried: Done,
}

impl Flushing {
    fn wait(&self) {
        // Where there is no worker, that is known at once.
        self.tried.wait(self.until.saturating_duration_since(clock::tick()));
    }
}

/// Has the workers try to deliver everything, at the same time.
pub(crate) fn flush(engines: &[&Engine], timeout: Duration) -> Result<(), FlushError> {
    let asked: Vec<_> = engines.iter().map(|engine| engine.ask_to_flush(timeout)).collect();
    asked.iter().for_each(Flushing::wait);
    owed_by(engines)
}

fn owed_by(engines: &[&Engine]) -> Result<(), FlushError> {
    let owing: Vec<_> = engines.iter().filter(|engine| engine.pending() > 0).collect();
    if owing.is_empty() {
        return Ok(());
    }
    let on_disk = owing.iter().all(|engine| engine.spool.current().is_some());
    Err(FlushError { pending: owing.iter().map(|engine| engine.pending()).sum(), on_disk })
}

/// Ends telemetry in this process, waiting no longer than `grace`; not at all in a forked child, which has its parent's guard and
/// exit handlers, and nobody who granted it anything.
pub(crate) fn end(grace: Duration) -> Result<(), FlushError> {
    let is_child = fork::depth() > 0;
    let grace = if is_child { Duration::ZERO } else { grace };
    let mut ending = Vec::new();
    for engines in [&ENGINES, &REQUIRED] {
        let (Some(engine), Some(plan)) = (engines.each.get(), engines.plan.get()) else { continue };
        // What a child has used is nobody else's to tell, and what is used after the guard's end is told at the process's.
        if engine.is_required {
            (plan.tell_last)(engine);
        }
        if engine.ended.swap(true, Ordering::SeqCst) {
            continue;
        }
        if !is_child && !engine.is_required {
            (plan.tell_last)(engine);
        }
        ending.push((engine, plan, engine.begin_end(grace)));
    }
    // Both have the same time.
    ending.iter().filter_map(|(_, _, flushing)| flushing.as_ref()).for_each(Flushing::wait);
    let mut owing = Vec::new();
    for (engine, plan, flushing) in ending {
        // What has to be reported and waits in memory ends here, and that is said.
        if flushing.is_some() || engine.is_required && engine.spool.current().is_none() {
            owing.push(engine);
        }
        engine.control.send(Control::Stop);
        if let Some(start) = SENDER.get().filter(|_| !is_child && !engine.is_required) {
            start(plan, engine);
        }
    }
    owed_by(&owing)
}

/// Has the end of the process be telemetry's end, where it comes without the guard's: `process::exit`.
pub(crate) fn end_at_exit(grace: Duration) {
    static GRACE: OnceCell<Duration> = OnceCell::new();
    extern "C" fn at_exit() {
        // A panic must not leave this function.
        drop(std::panic::catch_unwind(|| end(GRACE.get().copied().unwrap_or_default())));
    }
    if GRACE.set(grace).is_ok() {
        os::on_exit(at_exit);
    }
}
