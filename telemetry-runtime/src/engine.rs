//! Where events of this process go: onto the disk at once, and to the worker where that cannot be.
//!
//! There is one engine a process at most, set at start and never taken back, so that recording needs no lock to find it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};
use once_cell::sync::OnceCell;

use crate::error::FlushError;
use crate::event::Run;
use crate::gate;
use crate::level::Kinds;
use crate::limits;
use crate::loss::{Books, Counts, Loss, SinkBooks};
use crate::spool::{Spool, Unspooled};

static ENGINE: OnceCell<Engine> = OnceCell::new();

/// The engine of this process, once telemetry was started.
pub(crate) fn engine() -> Option<&'static Engine> {
    ENGINE.get()
}

/// Makes this the engine of the process; `None` if there is one.
pub(crate) fn install(engine: Engine) -> Option<&'static Engine> {
    ENGINE.set(engine).ok()?;
    ENGINE.get()
}

/// The producing side.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) run: Arc<Run>,
    pub(crate) spool: Spool,
    pub(crate) books: Books,
    /// One a sink, in the order of the sinks.
    pub(crate) sink_books: Vec<SinkBooks>,
    sink_names: Vec<String>,
    queue: Sender<Box<[u8]>>,
    control: Sender<Control>,
    /// A batch window is open: the worker knows that there is something.
    woken: AtomicBool,
}

/// What the worker is told.
#[derive(Debug)]
pub(crate) enum Control {
    /// There is something to send, when the batch window closes.
    Wake,
    /// Send everything now, and say when that was tried.
    Flush(Sender<()>),
    /// End.
    Stop,
}

/// The worker's ends of the channels.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) queue: Receiver<Box<[u8]>>,
    pub(crate) control: Receiver<Control>,
}

impl Engine {
    pub(crate) fn new(run: Arc<Run>, spool: Spool, sink_names: Vec<String>) -> (Self, Inbox) {
        let (queue, queued) = bounded(limits::QUEUE_EVENTS);
        let (control, told) = unbounded();
        let sink_books = sink_names.iter().map(|_| SinkBooks::default()).collect();
        let engine = Self {
            run,
            spool,
            books: Books::default(),
            sink_books,
            sink_names,
            queue,
            control,
            woken: AtomicBool::new(false),
        };
        (engine, Inbox { queue: queued, control: told })
    }

    /// Records an event: when this returns, the event is on disk, or in the queue where nothing can be written, or it is counted
    /// as lost.
    pub(crate) fn record(&self, record: &[u8]) {
        self.books.record();
        let kept = match self.spool.append(record) {
            Ok(()) => Ok(()),
            Err(Unspooled::Full) => Err(Loss::SpoolFull),
            Err(Unspooled::Unwritable) => match self.queue.try_send(record.into()) {
                Ok(()) => Ok(()),
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Loss::QueueFull),
            },
        };
        if let Err(loss) = kept {
            self.books.lose(loss, 1);
        }
        // Waking a sleeping thread costs more than the event did, so it is done once a batch.
        if !self.woken.swap(true, Ordering::AcqRel) {
            drop(self.control.send(Control::Wake));
        }
    }

    /// Books an event that was to be recorded and cannot be.
    pub(crate) fn lose(&self, loss: Loss) {
        self.books.record();
        self.books.lose(loss, 1);
    }

    /// The worker begins to read: what is recorded from now on needs another wake.
    pub(crate) fn begin_batch(&self) {
        self.woken.store(false, Ordering::Release);
    }

    /// Has the worker try to deliver everything, waiting no longer than `timeout`.
    pub(crate) fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        let (done, tried) = bounded(1);
        if self.control.send(Control::Flush(done)).is_ok() {
            let _ = tried.recv_timeout(timeout);
        }
        match self.pending() {
            0 => Ok(()),
            pending => Err(FlushError { pending, on_disk: self.spool.current().is_some() }),
        }
    }

    /// Closes the gate, waits no longer than `timeout` for what is not delivered yet, and sends the worker home.
    pub(crate) fn end(&self, timeout: Duration) -> Result<(), FlushError> {
        gate::set(Kinds::NONE);
        let flushed = if timeout.is_zero() { Ok(()) } else { self.flush(timeout) };
        drop(self.control.send(Control::Stop));
        flushed
    }

    /// How many deliveries (an event to a sink) of this run's events are owed.
    pub(crate) fn pending(&self) -> u64 {
        let lost: u64 =
            Loss::ALL.into_iter().filter(|loss| *loss != Loss::Damaged).map(|loss| self.books.lost(loss)).sum();
        let kept = self.books.recorded().saturating_sub(lost);
        self.sink_books.iter().map(|sink| kept.saturating_sub(sink.delivered() + sink.rejected())).sum()
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
            recovered: sum(SinkBooks::recovered),
            lost: Loss::ALL.map(|loss| self.books.lost(loss)),
        }
    }
}
