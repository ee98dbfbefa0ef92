//! Events on disk, from the moment they are recorded.
//!
//! The spool is a folder of **slots**, `segment-00` to `segment-255`. A process takes one of the first that nobody holds, keeps it
//! locked while it lives, and appends one record per event with one `write` (no buffer, no `fsync`): what was recorded survives
//! any death of the process. The kernel gives the lock back at that death, and the next worker finds the slot, sends what is
//! in it and empties it. So the number of files follows how many processes ran at once, and not how many ran.
//!
//! The folder's name carries the format's version: another version's files are never opened, let alone emptied.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::SystemTime;

use crate::clock;
use crate::codec::{self, Found, Record, SETTLED_BYTES};
use crate::limits;
use crate::os;
use crate::state::Purges;

pub(crate) use crate::files::{create_private_folder, is_still_at, open_private};

/// The folder in the program's state folder; the number is the version of `codec`'s format.
const FOLDER: &str = "spool-1";
/// What lies there besides, and is large: the bound is for all of it.
const LEDGERS: [&str; 2] = ["ledger", "ledger.old"];

/// Why a record is not on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unspooled {
    /// The segment is as large as it may be.
    Full,
    /// Nothing can be written here; memory is what is left.
    Unwritable,
}

/// Which of the segments that this process wrote to, counted from 0. A call's outcome goes where its start went, so that each
/// segment tells by itself which calls are open.
pub(crate) type Part = u32;

/// This process's way into the spool.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// Makes the run record, which begins this process's part of every segment that it writes.
    run: Describe,
    segments: RwLock<Segments>,
    /// The number of the current part.
    part: AtomicU32,
    /// Whether the user has had everything deleted since this process started.
    purges: Option<Arc<Purges>>,
    /// Nothing is ever given up to make room, so no segment begins where there is none.
    is_strict: bool,
    /// A segment has used half of what it may grow by, and nobody was told yet.
    is_near_limit: AtomicBool,
    /// For whoever looks how much all segments hold: made with the first segment, so that a caller's thread allocates nothing then.
    paths: Mutex<Option<Paths>>,
}

/// Makes a run record, when the first event is recorded.
struct Describe(Box<dyn Fn() -> Vec<u8> + Send + Sync>);

impl std::fmt::Debug for Describe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Describe")
    }
}

#[derive(Debug)]
struct Segments {
    current: Current,
    /// What was said of the run since it began and holds still, to be said in every segment; and how often that changed.
    said: (Vec<u8>, usize),
    /// Those that this process has moved on from, and that are not emptied yet.
    left: Vec<(Part, Arc<Segment>)>,
}

#[derive(Clone, Debug)]
enum Current {
    /// No event was recorded yet, so nothing was touched.
    Untouched,
    Open(Arc<Segment>),
    Unwritable,
}

impl Spool {
    /// A spool in the program's state folder. Touches nothing: the first event does.
    #[cfg(test)]
    pub(crate) fn new(state: &Path, run: Vec<u8>) -> Self {
        Self::described(state, move || run.clone())
    }

    /// A spool in the program's state folder, whose run record is made when it is needed. Touches nothing: the first event does.
    pub(crate) fn described(state: &Path, run: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::of(folder_in(state), Describe(Box::new(run)), Current::Untouched)
    }

    /// No spool: on this machine there is no folder for it.
    pub(crate) fn nowhere() -> Self {
        Self::of(PathBuf::new(), Describe(Box::new(Vec::new)), Current::Unwritable)
    }

    fn of(folder: PathBuf, run: Describe, current: Current) -> Self {
        let segments = RwLock::new(Segments { current, said: (Vec::new(), 0), left: Vec::new() });
        let (part, is_near_limit) = (AtomicU32::new(0), AtomicBool::new(false));
        let paths = Mutex::new(None);
        Self { folder, run, segments, part, purges: None, is_strict: false, is_near_limit, paths }
    }

    /// Has every segment that this process writes, and will write, say something of the run; `instead` of what was said before.
    pub(crate) fn say_everywhere(&self, record: &[u8], instead: bool) {
        let open: Vec<_> = {
            let mut segments = self.write();
            let (said, changes) = &mut segments.said;
            if instead {
                said.clear();
            }
            said.extend_from_slice(record);
            *changes += 1;
            let current = match &segments.current {
                Current::Open(segment) => Some(segment),
                Current::Untouched | Current::Unwritable => None,
            };
            segments.left.iter().map(|(_, segment)| segment).chain(current).cloned().collect()
        };
        for segment in open {
            // Where it cannot be said, events are of nobody who is known.
            let _ = segment.append(record);
        }
    }

    /// A slot that says of the run what holds now, and how often that has changed.
    fn take(&self) -> io::Result<(Segment, usize)> {
        let mut header = (self.run.0)();
        let (said, changes) = self.read().said.clone();
        header.extend_from_slice(&said);
        let segment = Segment::take(&self.folder, &header, self.is_strict)?;
        // Asked once the file is there: whoever deletes says so first, and deletes what is there then.
        if self.purges.as_ref().is_some_and(|purges| purges.are_newer()) {
            segment.remove(&self.folder);
            drop(std::fs::remove_dir(&self.folder));
            return Err(io::ErrorKind::NotFound.into());
        }
        self.keep_paths(Paths::of(&self.folder));
        Ok((segment, changes))
    }

    /// Says in a segment that was just taken what was said meanwhile.
    fn catch_up(&self, segment: &Segment, known: usize) {
        let (said, changes) = self.read().said.clone();
        if changes != known {
            let _ = segment.append(&said);
        }
    }

    /// The same, for a process that leaves nothing once the user has had everything deleted.
    pub(crate) fn heeding(self, purges: Arc<Purges>) -> Self {
        Self { purges: Some(purges), ..self }
    }

    /// The same, for what is never given up to make room: a segment has room for events only where the spool has it.
    pub(crate) fn strictly_bounded(self) -> Self {
        Self { is_strict: true, ..self }
    }

    /// Whether another segment would have room.
    pub(crate) fn has_room(&self) -> bool {
        !self.is_strict || has_room(&self.folder, limits::SEGMENT_STEP_BYTES)
    }

    /// Gives up everything that this process has here, files as well.
    pub(crate) fn discard(&self) {
        let mut segments = self.write();
        let left = std::mem::take(&mut segments.left).into_iter().map(|(_, segment)| segment);
        let current = match std::mem::replace(&mut segments.current, Current::Unwritable) {
            Current::Open(segment) => Some(segment),
            Current::Untouched | Current::Unwritable => None,
        };
        left.chain(current).for_each(|segment| segment.remove(&self.folder));
        // Only if nothing is in it.
        drop(std::fs::remove_dir(&self.folder));
    }

    /// The folder; `None` where nothing can be written.
    pub(crate) fn folder(&self) -> Option<&Path> {
        (!matches!(self.read().current, Current::Unwritable)).then_some(&self.folder)
    }

    /// The segment that this process writes to, if it has one.
    pub(crate) fn current(&self) -> Option<Arc<Segment>> {
        match &self.read().current {
            Current::Open(segment) => Some(Arc::clone(segment)),
            Current::Untouched | Current::Unwritable => None,
        }
    }

    /// Where what begins now is to be recorded.
    pub(crate) fn part(&self) -> Part {
        // In one order with the numbers of frames: a call that begins in a part that was left is known to the worker.
        self.part.load(Ordering::SeqCst)
    }

    /// Appends an event's record to a part with one system call, on the caller's thread; no lock is held meanwhile. A part that
    /// was emptied is stood in for by the current one.
    pub(crate) fn append(&self, part: Part, record: &[u8]) -> Result<(), Unspooled> {
        let segment = self.open(part)?;
        let appended = match segment.append_event(record) {
            Err(Unspooled::Full) if self.extend(&segment) => segment.append_event(record),
            // It is not the spool that has no room.
            Err(Unspooled::Full) if segment.is_cramped() => Err(Unspooled::Unwritable),
            done => done,
        };
        if segment.is_to_ask() {
            self.is_near_limit.store(true, Ordering::Relaxed);
        }
        appended
    }

    /// Whether somebody is to [`look_ahead`](Self::look_ahead), so that no thread that records has to. Said once.
    pub(crate) fn is_near_limit(&self) -> bool {
        self.is_near_limit.load(Ordering::Relaxed) && self.is_near_limit.swap(false, Ordering::Relaxed)
    }

    /// Lets the current segment grow by a step from where it is, if the spool has room for it. Asks the system for each slot.
    pub(crate) fn look_ahead(&self) {
        if let Some(segment) = self.current()
            && self.has_room_for(&segment)
        {
            segment.grow();
        }
    }

    /// Whether the current segment was to grow, and the spool had no room.
    pub(crate) fn is_crowded(&self) -> bool {
        self.current().is_some_and(|segment| segment.crowded.load(Ordering::Relaxed))
    }

    /// Lets a segment grow that may reach no further, where nobody has looked ahead in time.
    #[cold]
    fn extend(&self, segment: &Segment) -> bool {
        if segment.crowded.load(Ordering::Relaxed) {
            return false;
        }
        let has_room = self.has_room_for(segment);
        if has_room {
            segment.grow();
        } else {
            // Looked at once, until somebody has made room.
            segment.crowded.store(true, Ordering::Relaxed);
        }
        has_room
    }

    /// Whether a segment may grow by another step: each process looks before each step, so all together exceed the bound by no more
    /// than a step each.
    fn has_room_for(&self, segment: &Segment) -> bool {
        if segment.limit.load(Ordering::Relaxed) >= segment.event_ceiling() {
            return false;
        }
        // No lock is held while the system is asked; who comes meanwhile makes paths of their own.
        let kept = self.paths().take();
        let mut paths = kept.unwrap_or_else(|| Paths::of(&self.folder));
        let bytes = paths.bytes_of_all();
        self.keep_paths(paths);
        bytes + segment.step <= limits::SPOOL_BYTES
    }

    /// Nothing is allocated or given back under the lock: an allocator may be tracked, and hold a lock of its own.
    fn keep_paths(&self, paths: Paths) {
        let replaced = self.paths().replace(paths);
        drop(replaced);
    }

    fn paths(&self) -> MutexGuard<'_, Option<Paths>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends what is said about events that have their room: outcomes of calls whose start is there, losses.
    pub(crate) fn append_to_books(&self, part: Part, record: &[u8]) -> Result<(), Unspooled> {
        self.open(part)?.append(record)
    }

    fn open(&self, part: Part) -> Result<Arc<Segment>, Unspooled> {
        match self.segment(part) {
            Current::Open(segment) => Ok(segment),
            Current::Unwritable => Err(Unspooled::Unwritable),
            Current::Untouched => self.first(),
        }
    }

    fn segment(&self, part: Part) -> Current {
        let segments = self.read();
        if part != self.part()
            && let Some((_, segment)) = segments.left.iter().find(|(left, _)| *left == part)
        {
            return Current::Open(Arc::clone(segment));
        }
        segments.current.clone()
    }

    /// Moves this process to another slot. The segment it leaves, and its number, are the caller's to read to its end, to empty
    /// and to [`forget`](Self::forget), once nobody writes to it any more.
    pub(crate) fn rotate(&self) -> Option<Part> {
        let (next, said) = self.take().ok()?;
        let next = Arc::new(next);
        // As in `first`. Only the worker has others leave.
        let mut left = Vec::with_capacity(self.read().left.len() + 1);
        let part = {
            let mut segments = self.write();
            if !matches!(segments.current, Current::Open(_)) {
                return None;
            }
            let part = self.part.fetch_add(1, Ordering::SeqCst);
            if let Current::Open(segment) = std::mem::replace(&mut segments.current, Current::Open(Arc::clone(&next))) {
                left.append(&mut segments.left);
                left.push((part, segment));
                std::mem::swap(&mut segments.left, &mut left);
            }
            part
        };
        self.catch_up(&next, said);
        Some(part)
    }

    /// Gives a part up that was left. Nothing is appended to it any more once nobody else holds it.
    pub(crate) fn forget(&self, part: Part) {
        self.write().left.retain(|(left, _)| *left != part);
    }

    /// Has the next event look again whether something can be written.
    pub(crate) fn look_again(&self) {
        let mut segments = self.write();
        if matches!(segments.current, Current::Unwritable) && !self.folder.as_os_str().is_empty() {
            segments.current = Current::Untouched;
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Segments> {
        self.segments.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Segments> {
        self.segments.write().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn first(&self) -> Result<Arc<Segment>, Unspooled> {
        let taken = self.take();
        let said = taken.as_ref().map_or(0, |(_, said)| *said);
        // Made before the lock is taken: what allocates may wait for whoever waits for that.
        let taken = taken.map_or(Current::Unwritable, |(segment, _)| Current::Open(Arc::new(segment)));
        let (segment, is_ours) = {
            let mut segments = self.write();
            // Another thread's first event may have been faster; then its segment is the one, and ours goes back.
            let is_ours = matches!(segments.current, Current::Untouched);
            if is_ours {
                segments.current = taken.clone();
            }
            match &segments.current {
                Current::Open(segment) => (Arc::clone(segment), is_ours),
                Current::Untouched | Current::Unwritable => return Err(Unspooled::Unwritable),
            }
        };
        if is_ours {
            self.catch_up(&segment, said);
        }
        Ok(segment)
    }
}

/// One slot's file, locked.
#[derive(Debug)]
pub(crate) struct Segment {
    /// Before the file, so that it ends before it.
    _kept: os::KeptFromChildren,
    file: File,
    /// How far the file reaches, or will when who is appending has done so.
    bytes: AtomicU64,
    /// How far events may reach, for now.
    limit: AtomicU64,
    /// By how much that grows.
    step: u64,
    /// From here on, somebody is to look ahead whether it may grow.
    ask_at: AtomicU64,
    /// It was to grow, and there was no room.
    crowded: AtomicBool,
    /// How far the file may reach at all.
    ceiling: u64,
    /// A dead process had left something in the slot when it was taken.
    inherited: bool,
    slot: u16,
}

impl Segment {
    /// A slot that nobody holds and that has room, with this run's record at its end.
    fn take(folder: &Path, run: &[u8], is_strict: bool) -> io::Result<Self> {
        create_private_folder(folder)?;
        for slot in candidates(folder) {
            let Some(mut segment) = Self::lock(folder, slot, true)? else {
                continue;
            };
            if segment.is_settled() {
                // One that cannot be emptied has no room in the end, and is passed by.
                drop(segment.clear());
            }
            segment.inherited = segment.bytes() > 0;
            if !is_strict || has_room(folder, segment.step) {
                segment.grow();
            }
            if segment.bytes() < segment.event_ceiling() / 2 && segment.append(run).is_ok() {
                return Ok(segment);
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    /// The slots that dead processes left something in, the oldest first, locked one at a time as the caller goes on.
    pub(crate) fn left_behind(folder: &Path) -> impl Iterator<Item = Self> {
        Self::some_left_behind(folder, limits::SLOTS.into()).0
    }

    /// The same where at most so many are looked at: the first slots, and of the others other ones for each process, and each time. Most
    /// may be of the living, and each of these looks as well. Says whether there are more.
    pub(crate) fn some_left_behind(folder: &Path, most: usize) -> (impl Iterator<Item = Self>, bool) {
        let mut numbers = numbers(folder);
        let are_more = numbers.len() > most;
        if are_more
            && let Some(others) = numbers.get_mut(limits::FIRST_SLOTS.into()..)
            && let Some(first) = scattered().checked_rem(others.len())
        {
            others.rotate_left(first);
        }
        numbers.truncate(most);
        let mut slots_by_age: Vec<Slot> = Vec::new();
        for slot in slots(folder, numbers).filter(|slot| slot.bytes > 0) {
            // They are few, and to sort would take more code than all else here.
            let at = slots_by_age.partition_point(|other| other.changed <= slot.changed);
            slots_by_age.insert(at, slot);
        }
        let folder = folder.to_owned();
        let left = slots_by_age
            .into_iter()
            .filter_map(move |slot| Self::lock(&folder, slot.number, false).ok().flatten())
            // One that is larger than any of ours is not ours.
            .filter(|segment| (1..=limits::SEGMENT_BYTES + limits::SEGMENT_BOOKS_BYTES).contains(&segment.bytes()));
        (left, are_more)
    }

    /// The slot's file, locked; `None` if it cannot be had: a living process holds it, or it is no file of ours. An error is one
    /// that the next slot would only have as well.
    fn lock(folder: &Path, slot: u16, create: bool) -> io::Result<Option<Self>> {
        let path = &path(folder, slot);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(create);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Somebody may remove the file between opening and locking, and a lock on a nameless file guards nothing. Somebody who
        // does so again and again may have the slot.
        for _ in 0..3 {
            // A link would lead out of our folder, to a file that we would empty.
            match path.symlink_metadata() {
                Ok(there) if !there.is_file() => return Ok(None),
                Err(error) if !create || error.kind() != io::ErrorKind::NotFound => return Ok(None),
                Ok(_) | Err(_) => {}
            }
            let file = match options.open(path) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied && path.exists() => return Ok(None),
                opened => opened?,
            };
            let kept = os::KeptFromChildren::new(&file);
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            let metadata = file.metadata()?;
            if is_of_one_name(&metadata) && is_still_at(&metadata, path) {
                let most = limits::SEGMENT_BYTES + limits::SEGMENT_BOOKS_BYTES;
                return Ok(Some(Self {
                    _kept: kept,
                    file,
                    bytes: AtomicU64::new(metadata.len()),
                    limit: AtomicU64::new(0),
                    step: if slot < limits::FIRST_SLOTS {
                        limits::SEGMENT_STEP_BYTES
                    } else {
                        limits::SEGMENT_SMALL_STEP_BYTES
                    },
                    ask_at: AtomicU64::new(u64::MAX),
                    crowded: AtomicBool::new(false),
                    ceiling: os::largest_file().map_or(most, |largest| largest.min(most)),
                    inherited: false,
                    slot,
                }));
            }
        }
        Ok(None)
    }

    /// Appends an event's record, unless the segment is as large as it may be.
    fn append_event(&self, record: &[u8]) -> Result<(), Unspooled> {
        if self.bytes() + record.len() as u64 > self.limit.load(Ordering::Relaxed) {
            return Err(Unspooled::Full);
        }
        self.append(record)
    }

    /// Lets the segment grow by a step from where it is.
    fn grow(&self) {
        let (bytes, ceiling) = (self.bytes(), self.event_ceiling());
        let limit = (bytes + self.step).min(ceiling);
        self.limit.fetch_max(limit, Ordering::Relaxed);
        self.ask_at.store(if limit < ceiling { bytes + self.step / 2 } else { u64::MAX }, Ordering::Relaxed);
        self.crowded.store(false, Ordering::Relaxed);
    }

    /// Whether it is time to look ahead whether the segment may grow. Said once a step.
    fn is_to_ask(&self) -> bool {
        self.bytes() >= self.ask_at.load(Ordering::Relaxed) && self.ask_at.swap(u64::MAX, Ordering::Relaxed) != u64::MAX
    }

    /// Whether the system lets no file become as large as a segment may.
    const fn is_cramped(&self) -> bool {
        self.ceiling < limits::SEGMENT_BYTES + limits::SEGMENT_BOOKS_BYTES
    }

    /// How far events may reach, whatever room there is.
    fn event_ceiling(&self) -> u64 {
        self.ceiling - limits::SEGMENT_BOOKS_BYTES.min(self.ceiling / 4)
    }

    /// Has everything that was appended so far survive a power cut. Costs what the disk takes: 0.1 to 4 ms and more.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Whether the file is on another machine's disk.
    pub(crate) fn is_remote(&self) -> bool {
        os::is_remote(&self.file)
    }

    /// Appends a record with one system call.
    ///
    /// A short write stays where it is: another thread may have appended behind it, and a reader steps over it.
    pub(crate) fn append(&self, record: &[u8]) -> Result<(), Unspooled> {
        let length = record.len() as u64;
        if self.bytes.fetch_add(length, Ordering::AcqRel) + length > self.ceiling {
            self.bytes.fetch_sub(length, Ordering::AcqRel);
            return Err(Unspooled::Full);
        }
        loop {
            match (&self.file).write(record) {
                Ok(written) if written == record.len() => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(written) => {
                    self.bytes.fetch_sub(length - written as u64, Ordering::AcqRel);
                    return Err(Unspooled::Unwritable);
                }
                Err(_) => {
                    self.bytes.fetch_sub(length, Ordering::AcqRel);
                    return Err(Unspooled::Unwritable);
                }
            }
        }
    }

    /// When the first event was recorded that lies in the segment.
    pub(crate) fn first_time(&self) -> Option<SystemTime> {
        let mut bytes = [0; 4096];
        let filled = self.read_at(0, &mut bytes).ok()?;
        let mut rest = bytes.get(..filled)?;
        while !rest.is_empty() {
            match codec::read(rest) {
                Found::Record(record, length) => {
                    if let Record::Event(event, _) = *record {
                        return Some(event.time);
                    }
                    rest = &rest[length..];
                }
                Found::Damaged(length) => rest = &rest[length..],
                Found::Partial => return None,
            }
        }
        None
    }

    /// Whether a dead process's events lie before this one's.
    pub(crate) const fn is_inherited(&self) -> bool {
        self.inherited
    }

    /// At most how far the file reaches.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }

    /// Fills `buffer` from `offset` on; fewer bytes than asked for are the end of the file.
    pub(crate) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let at = offset + filled as u64;
            #[cfg(unix)]
            let read = std::os::unix::fs::FileExt::read_at(&self.file, &mut buffer[filled..], at);
            #[cfg(windows)]
            let read = std::os::windows::fs::FileExt::seek_read(&self.file, &mut buffer[filled..], at);
            match read {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Whether the last thing said in the slot is that nobody is owed anything of it.
    fn is_settled(&self) -> bool {
        let Some(at) = self.bytes().checked_sub(SETTLED_BYTES as u64) else {
            return false;
        };
        let mut end = [0; SETTLED_BYTES];
        let whole = self.read_at(at, &mut end).is_ok_and(|count| count == SETTLED_BYTES);
        whole && matches!(codec::read(&end), Found::Record(record, _) if *record == Record::Settled { offset: at })
    }

    /// Empties the slot, and removes its file.
    fn remove(&self, folder: &Path) {
        let Ok(metadata) = self.file.metadata() else { return };
        drop(self.clear());
        let path = path(folder, self.slot);
        if is_still_at(&metadata, &path) {
            drop(std::fs::remove_file(path));
        }
    }

    pub(crate) const fn slot(&self) -> u16 {
        self.slot
    }

    /// Empties the slot. Only for one that no other thread writes to.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.bytes.store(0, Ordering::Release);
        Ok(())
    }
}

fn path(folder: &Path, slot: u16) -> PathBuf {
    folder.join(format!("segment-{slot:02}"))
}

/// The path of one slot after another, in one place: nothing is allocated for each.
#[derive(Debug)]
struct Paths {
    path: PathBuf,
    name: String,
}

impl Paths {
    fn of(folder: &Path) -> Self {
        // The longest.
        Self { path: path(folder, limits::SLOTS), name: String::with_capacity(16) }
    }

    fn slot(&mut self, slot: u16) -> &Path {
        self.name.clear();
        // A text takes whatever is written to it.
        let _ = write!(self.name, "segment-{slot:02}");
        self.path.set_file_name(&self.name);
        &self.path
    }

    /// How much all segments hold together, and the ledgers beside them, or will.
    fn bytes_of_all(&mut self) -> u64 {
        let (mut bytes, mut missing) = (0, 0);
        // Slots are made one after another: behind so many that are missing there are no more.
        for slot in 0..limits::SLOTS {
            if missing == limits::FIRST_SLOTS {
                break;
            }
            match self.slot(slot).symlink_metadata() {
                Ok(file) => {
                    missing = 0;
                    bytes += if file.is_file() { file.len() } else { 0 };
                }
                Err(_) => missing += 1,
            }
        }
        let mut ledgers = 0;
        for name in LEDGERS {
            self.path.set_file_name(name);
            ledgers += self.path.symlink_metadata().map_or(0, |file| file.len());
        }
        // Kept free for them: what is sent between a look and the next would take it.
        bytes + ledgers.max(LEDGERS.len() as u64 * limits::LEDGER_BYTES)
    }
}

/// All slots, in the order in which a process tries to take them: the first ones, so that there are few files; where these are taken, some of
/// those that others made, and then a new one, since whoever tried one after the other, while hundreds hold theirs, would take longer the
/// more they are. What is left comes last.
fn candidates(folder: &Path) -> impl Iterator<Item = u16> {
    let behind_first = || {
        let (mut there, mut end) = (limits::FIRST_SLOTS, limits::SLOTS);
        // They are made one after another.
        while there < end {
            let middle = there.midpoint(end);
            if path(folder, middle).symlink_metadata().is_ok() { there = middle + 1 } else { end = middle }
        }
        let (made, first) = (there - limits::FIRST_SLOTS, scattered());
        let tried = (0..limits::TRIED_SLOTS.min(made)).map(move |turn| {
            let place = first.wrapping_add(usize::from(turn).wrapping_mul(SCATTER)) % usize::from(made);
            limits::FIRST_SLOTS + u16::try_from(place).unwrap_or_default()
        });
        tried.chain(there..limits::SLOTS).chain(limits::FIRST_SLOTS..there)
    };
    (0..limits::FIRST_SLOTS).chain(std::iter::once_with(behind_first).flatten())
}

/// What is multiplied by this is all over the place.
const SCATTER: usize = 0x9E37_79B1;

/// A number that differs from process to process, and from time to time.
fn scattered() -> usize {
    let (process, now) = (u64::from(std::process::id()), clock::ticks() >> 20);
    usize::try_from((process + now).wrapping_mul(SCATTER as u64) >> 8 & 0xFF_FFFF).unwrap_or_default()
}

/// A slot's file, as it lies in the folder.
struct Slot {
    number: u16,
    bytes: u64,
    changed: SystemTime,
}

/// The slots of these numbers that there are.
fn slots(folder: &Path, numbers: Vec<u16>) -> impl Iterator<Item = Slot> {
    let folder = folder.to_owned();
    numbers.into_iter().filter_map(move |number| {
        let metadata = path(&folder, number).symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
        let changed = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        Some(Slot { number, bytes: metadata.len(), changed })
    })
}

/// The numbers of the slots that there are; of all, to be asked for one by one, where the folder cannot be read.
fn numbers(folder: &Path) -> Vec<u16> {
    let number = |name: &std::ffi::OsStr| name.to_str()?.strip_prefix("segment-")?.parse::<u16>().ok();
    let read = || {
        let mut numbers = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            numbers.extend(number(&entry?.file_name()).filter(|number| *number < limits::SLOTS));
        }
        numbers.sort_unstable();
        io::Result::Ok(numbers)
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        numbers => numbers.unwrap_or_else(|_| (0..limits::SLOTS).collect()),
    }
}

/// The bytes of every segment with its slot, whoever writes to it. What is larger than any of ours is left out.
pub(crate) fn contents(folder: &Path) -> impl Iterator<Item = (u16, Vec<u8>)> {
    let most = limits::SEGMENT_BYTES + limits::SEGMENT_BOOKS_BYTES;
    let filled = slots(folder, numbers(folder)).filter(move |slot| (1..=most).contains(&slot.bytes));
    filled.filter_map(move |slot| Some((slot.number, std::fs::read(path(folder, slot.number)).ok()?)))
}

/// Removes every segment, also one that a living process writes to: that one writes on to a file without a name, which nobody
/// finds. Says how many could not be removed.
pub(crate) fn remove_all(folder: &Path) -> usize {
    let slots: Vec<_> = slots(folder, numbers(folder)).collect();
    slots.into_iter().filter(|slot| std::fs::remove_file(path(folder, slot.number)).is_err()).count()
}

/// The spool's folder in the program's state folder.
pub(crate) fn folder_in(state: &Path) -> PathBuf {
    state.join(FOLDER)
}

/// How much all segments hold together, and the ledger beside them.
pub(crate) fn bytes_of_all(folder: &Path) -> u64 {
    Paths::of(folder).bytes_of_all()
}

/// Whether all segments together may grow by so much.
fn has_room(folder: &Path, step: u64) -> bool {
    bytes_of_all(folder) + step <= limits::SPOOL_BYTES
}

/// Whether it is a file, and known by no other name: somebody else's file that was linked here is not ours to write to.
fn is_of_one_name(metadata: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    let names = std::os::unix::fs::MetadataExt::nlink(metadata);
    #[cfg(not(unix))]
    let names = 1;
    metadata.is_file() && names == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever comes while 200 hold their slots tries a few, and whoever comes when they are gone is in the first one.
    #[test]
    fn few_slots_are_tried_where_many_are_held_and_each_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(candidates(folder).collect::<Vec<_>>(), (0..limits::SLOTS).collect::<Vec<_>>());
        for held in 0..200 {
            std::fs::write(path(folder, held), "").unwrap();
        }
        let tried: Vec<_> = candidates(folder).collect();
        let new = tried.iter().position(|slot| *slot == 200).unwrap();
        assert_eq!(new, usize::from(limits::FIRST_SLOTS + limits::TRIED_SLOTS), "{tried:?}");
        assert!(tried[..new].iter().all(|slot| *slot < 200));
        let all: std::collections::BTreeSet<_> = tried.into_iter().collect();
        assert_eq!(all.len(), usize::from(limits::SLOTS));
    }

    /// All are looked at by somebody, the first ones by each.
    #[test]
    fn some_of_many_slots_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for slot in 0..limits::SLOTS {
            std::fs::write(path(folder, slot), "left").unwrap();
        }
        let looked_at =
            |segments: &mut dyn Iterator<Item = Segment>| segments.map(|segment| segment.slot()).collect::<Vec<_>>();
        let (mut some, are_many) = Segment::some_left_behind(folder, limits::SOME_SLOTS);
        let some = looked_at(&mut some);
        assert!(
            are_many && some.len() == limits::SOME_SLOTS && (0..limits::FIRST_SLOTS).all(|slot| some.contains(&slot))
        );
        assert_eq!(looked_at(&mut Segment::left_behind(folder)).len(), usize::from(limits::SLOTS));
    }

    const RUN: &[u8] = b"run.";

    fn files(folder: &Path) -> Vec<(String, String)> {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(FOLDER))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    #[test]
    fn nothing_is_touched_before_the_first_record() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state");
        let spool = Spool::new(&state, RUN.into());
        assert!(!state.exists());
        spool.append(0, b"one").unwrap();
        assert_eq!(files(&state), [("segment-00".into(), "run.one".into())]);
    }

    #[test]
    fn each_living_writer_has_a_slot_of_its_own_and_a_dead_ones_is_reused() {
        let home = tempfile::tempdir().unwrap();
        let first = Spool::new(home.path(), RUN.into());
        let second = Spool::new(home.path(), RUN.into());
        first.append(0, b"one").unwrap();
        second.append(0, b"two").unwrap();
        drop(first);
        let third = Spool::new(home.path(), RUN.into());
        third.append(0, b"three").unwrap();
        let expected = [("segment-00", "run.onerun.three"), ("segment-01", "run.two")];
        assert_eq!(files(home.path()), expected.map(|(name, text)| (name.into(), text.into())));
    }

    #[test]
    fn a_settled_slot_is_emptied_by_the_next_one_that_takes_it() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        spool.append(0, b"one").unwrap();
        let segment = spool.current().unwrap();
        let mut settled = Vec::new();
        codec::write_settled(&mut settled, segment.bytes());
        segment.append(&settled).unwrap();
        drop((segment, spool));
        Spool::new(home.path(), RUN.into()).append(0, b"two").unwrap();
        assert_eq!(files(home.path()), [("segment-00".into(), "run.two".into())]);
    }

    #[test]
    fn a_segment_grows_no_larger_than_it_may() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        let record = [b'x'; 16 * 1024];
        let written = (0..1000).take_while(|_| spool.append(0, &record).is_ok()).count();
        assert_eq!(written, 5 * 64 - 1, "5 MiB less the run record");
        assert_eq!(spool.append(0, &record), Err(Unspooled::Full));
        assert_eq!(spool.append(0, b"a small one still fits"), Ok(()));
        assert_eq!(spool.current().unwrap().append(b"what was delivered can still be said"), Ok(()));
    }

    #[test]
    fn all_segments_together_grow_no_larger_than_they_may() {
        let home = tempfile::tempdir().unwrap();
        let spools: Vec<_> = (0..4).map(|_| Spool::new(home.path(), RUN.into())).collect();
        let record = [b'x'; 16 * 1024];
        for spool in &spools {
            while spool.append(0, &record).is_ok() {}
        }
        let folder = home.path().join(FOLDER);
        let most = limits::SPOOL_BYTES + 4 * limits::SEGMENT_STEP_BYTES;
        assert!((limits::SPOOL_BYTES..most).contains(&bytes_of_all(&folder)), "{}", bytes_of_all(&folder));
        // When there is room again, the worker finds that.
        let [first, rest @ ..] = spools.as_slice() else { panic!("four") };
        first.current().unwrap().clear().unwrap();
        assert_eq!(rest[2].append(0, &record), Err(Unspooled::Full));
        assert!(rest[2].is_crowded());
        rest[2].look_ahead();
        assert!(!rest[2].is_crowded());
        assert_eq!(rest[2].append(0, &record), Ok(()));
    }

    /// Whoever records does not look where somebody has looked ahead; and then all together hold no more than where they look.
    #[test]
    fn a_segment_may_grow_before_it_has_to() {
        let home = tempfile::tempdir().unwrap();
        let [one, other] = [0, 1].map(|_| Spool::new(home.path(), RUN.into()));
        let record = [b'x'; 1024];
        let fill = |spool: &Spool| (1..=1024).find(|_| spool.append(0, &record).is_ok() && spool.is_near_limit());
        let half = limits::SEGMENT_STEP_BYTES / 1024 / 2;
        assert_eq!(fill(&one), Some(half), "half of a step");
        assert!(!one.is_near_limit(), "said once");
        one.look_ahead();
        assert_eq!(fill(&one), Some(half), "the step has begun anew");
        one.look_ahead();
        // Nothing is left for anybody, and the step that was had is.
        other.append(0, &record).unwrap();
        let others = File::options().write(true).open(path(&home.path().join(FOLDER), 1)).unwrap();
        others.set_len(limits::SPOOL_BYTES).unwrap();
        assert_eq!((0..1024).take_while(|_| one.append(0, &record).is_ok()).count() as u64, 2 * half);
        assert!(one.is_crowded() && one.is_near_limit());
        one.look_ahead();
        assert_eq!(one.append(0, &record), Err(Unspooled::Full));
        others.set_len(0).unwrap();
        one.look_ahead();
        assert_eq!(one.append(0, &record), Ok(()));
    }

    #[test]
    fn what_is_never_given_up_begins_nothing_where_there_is_no_room() {
        let home = tempfile::tempdir().unwrap();
        let strict = || Spool::new(home.path(), RUN.into()).strictly_bounded();
        let record = [b'x'; 16 * 1024];
        let spools: Vec<_> = (0..4).map(|_| strict()).collect();
        for spool in &spools {
            while spool.append(0, &record).is_ok() {}
        }
        assert!(bytes_of_all(&home.path().join(FOLDER)) <= limits::SPOOL_BYTES + 4 * RUN.len() as u64);
        let next = strict();
        assert_eq!((next.has_room(), next.append(0, b"one")), (false, Err(Unspooled::Full)));
        // When there is room again, the worker says so.
        spools.first().unwrap().current().unwrap().clear().unwrap();
        next.look_ahead();
        assert_eq!((next.has_room(), next.append(0, b"one")), (true, Ok(())));
    }

    #[test]
    fn a_full_slot_is_passed_by() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join(FOLDER)).unwrap();
        std::fs::write(path(&home.path().join(FOLDER), 0), vec![b'x'; 5 * 1024 * 1024]).unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        spool.append(0, b"one").unwrap();
        assert_eq!(std::fs::read(path(&home.path().join(FOLDER), 1)).unwrap(), b"run.one");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_of_ours_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(FOLDER);
        std::fs::create_dir_all(path(&folder, 1)).unwrap();
        let precious = home.path().join("precious");
        std::fs::write(&precious, "precious").unwrap();
        std::os::unix::fs::symlink(&precious, path(&folder, 0)).unwrap();
        Spool::new(home.path(), RUN.into()).append(0, b"one").unwrap();
        assert_eq!(std::fs::read_to_string(precious).unwrap(), "precious");
        assert_eq!(std::fs::read(path(&folder, 2)).unwrap(), b"run.one");
    }

    #[test]
    fn a_file_where_the_folder_should_be_means_memory() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(FOLDER), "in the way").unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        assert_eq!(spool.append(0, b"one"), Err(Unspooled::Unwritable));
        assert_eq!(std::fs::read_to_string(home.path().join(FOLDER)).unwrap(), "in the way");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        Spool::new(home.path(), RUN.into()).append(0, b"one").unwrap();
        let folder = home.path().join(FOLDER);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&path(&folder, 0))), (0o700, 0o600));
    }

    #[test]
    fn rotation_moves_writers_to_an_empty_slot() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        spool.append(0, b"one").unwrap();
        assert_eq!(spool.rotate(), Some(0));
        spool.append(1, b"two").unwrap();
        spool.append(0, b"of the first part").unwrap();
        let expected = [("segment-00", "run.oneof the first part"), ("segment-01", "run.two")];
        assert_eq!(files(home.path()), expected.map(|(name, text)| (name.into(), text.into())));
        spool.forget(0);
        spool.append(0, b"of the first part").unwrap();
        let expected = [("segment-00", "run.oneof the first part"), ("segment-01", "run.twoof the first part")];
        assert_eq!(files(home.path()), expected.map(|(name, text)| (name.into(), text.into())));
    }
}
