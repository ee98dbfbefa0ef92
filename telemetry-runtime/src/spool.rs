//! Events on disk, from the moment they are recorded.
//!
//! The spool is a folder of **slots**, `segment-00` to `segment-255`. A process takes the first slot that nobody holds, keeps it
//! locked while it lives, and appends one record per event with one `write` (no buffer, no `fsync`): what was recorded survives
//! any death of the process. The kernel gives the lock back at that death, and the next worker finds the slot, sends what is
//! in it and empties it. So the number of files follows how many processes ran at once, and not how many ran.
//!
//! The folder's name carries the format's version: another version's files are never opened, let alone emptied.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::codec::{self, Found, Record, SETTLED_BYTES};
use crate::limits;

/// The folder in the program's state folder; the number is the version of `codec`'s format.
const FOLDER: &str = "spool-1";

/// Why a record is not on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unspooled {
    /// The segment is as large as it may be.
    Full,
    /// Nothing can be written here; memory is what is left.
    Unwritable,
}

/// This process's way into the spool.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// The run record, which begins this process's part of every segment that it writes.
    run: Vec<u8>,
    current: RwLock<Current>,
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
    pub(crate) fn new(state: &Path, run: Vec<u8>) -> Self {
        Self { folder: state.join(FOLDER), run, current: RwLock::new(Current::Untouched) }
    }

    /// No spool: on this machine there is no folder for it.
    pub(crate) fn nowhere() -> Self {
        Self { folder: PathBuf::new(), run: Vec::new(), current: RwLock::new(Current::Unwritable) }
    }

    /// The folder; `None` where nothing can be written.
    pub(crate) fn folder(&self) -> Option<&Path> {
        (!matches!(self.state(), Current::Unwritable)).then_some(&self.folder)
    }

    /// The segment that this process writes to, if it has one.
    pub(crate) fn current(&self) -> Option<Arc<Segment>> {
        match self.state() {
            Current::Open(segment) => Some(segment),
            Current::Untouched | Current::Unwritable => None,
        }
    }

    /// Appends a record with one system call. On the caller's thread; no lock is held meanwhile.
    pub(crate) fn append(&self, record: &[u8]) -> Result<(), Unspooled> {
        match self.state() {
            Current::Open(segment) => segment.append_event(record),
            Current::Unwritable => Err(Unspooled::Unwritable),
            Current::Untouched => self.first(record),
        }
    }

    /// Moves this process to another slot. The segment it leaves is the caller's to read to its end and empty, once nobody else
    /// holds it any more.
    pub(crate) fn rotate(&self) -> Option<Arc<Segment>> {
        let next = Arc::new(Segment::take(&self.folder, &self.run).ok()?);
        match std::mem::replace(&mut *self.current.write().unwrap_or_else(PoisonError::into_inner), Current::Open(next))
        {
            Current::Open(left) => Some(left),
            Current::Untouched | Current::Unwritable => None,
        }
    }

    fn state(&self) -> Current {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[cold]
    fn first(&self, record: &[u8]) -> Result<(), Unspooled> {
        let taken = Segment::take(&self.folder, &self.run);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread's first event may have been faster; then its segment is the one, and ours goes back.
        if let Current::Untouched = *current {
            *current = taken.map_or(Current::Unwritable, |segment| Current::Open(Arc::new(segment)));
        }
        drop(current);
        match self.state() {
            Current::Open(segment) => segment.append_event(record),
            _ => Err(Unspooled::Unwritable),
        }
    }
}

/// One slot's file, locked.
#[derive(Debug)]
pub(crate) struct Segment {
    file: File,
    /// How far the file reaches, or will when who is appending has done so.
    bytes: AtomicU64,
    /// A dead process had left something in the slot when it was taken.
    inherited: bool,
}

impl Segment {
    /// The first slot that nobody holds and that has room, with this run's record at its end.
    fn take(folder: &Path, run: &[u8]) -> io::Result<Self> {
        create_private_folder(folder)?;
        for slot in 0..limits::SLOTS {
            let Some(mut segment) = Self::lock(&path(folder, slot), true)? else {
                continue;
            };
            if segment.is_settled() {
                // One that cannot be emptied has no room in the end, and is passed by.
                drop(segment.clear());
            }
            segment.inherited = segment.bytes() > 0;
            if segment.bytes() < limits::SEGMENT_BYTES / 2 && segment.append(run).is_ok() {
                return Ok(segment);
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    /// The slots that dead processes left something in, locked one at a time as the caller goes on.
    pub(crate) fn left_behind(folder: &Path) -> impl Iterator<Item = Self> {
        let folder = folder.to_owned();
        (0..limits::SLOTS)
            .filter_map(move |slot| Self::lock(&path(&folder, slot), false).ok().flatten())
            // One that is larger than any of ours is not ours.
            .filter(|segment| (1..=limits::SEGMENT_BYTES + limits::SEGMENT_BOOKS_BYTES).contains(&segment.bytes()))
    }

    /// The slot's file, locked; `None` if it cannot be had: a living process holds it, or it is no file of ours. An error is one
    /// that the next slot would only have as well.
    fn lock(path: &Path, create: bool) -> io::Result<Option<Self>> {
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
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            let metadata = file.metadata()?;
            if metadata.is_file() && is_still_at(&metadata, path) {
                return Ok(Some(Self { file, bytes: AtomicU64::new(metadata.len()), inherited: false }));
            }
        }
        Ok(None)
    }

    /// Appends an event's record, unless the segment is as large as it may be.
    fn append_event(&self, record: &[u8]) -> Result<(), Unspooled> {
        if self.bytes() + record.len() as u64 > limits::SEGMENT_BYTES {
            return Err(Unspooled::Full);
        }
        self.append(record)
    }

    /// Appends a record with one system call.
    ///
    /// A short write stays where it is: another thread may have appended behind it, and a reader steps over it.
    pub(crate) fn append(&self, record: &[u8]) -> Result<(), Unspooled> {
        let length = record.len() as u64;
        if self.bytes.fetch_add(length, Ordering::AcqRel) + length > limits::SEGMENT_BYTES + limits::SEGMENT_BOOKS_BYTES
        {
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

/// Creates a folder that only its owner can look into, with whatever is missing above it.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn is_still_at(metadata: &std::fs::Metadata, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn is_still_at(_: &std::fs::Metadata, _: &Path) -> bool {
    // An open file cannot be removed here.
    true
}

#[cfg(test)]
mod tests {
    use super::*;

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
        spool.append(b"one").unwrap();
        assert_eq!(files(&state), [("segment-00".into(), "run.one".into())]);
    }

    #[test]
    fn each_living_writer_has_a_slot_of_its_own_and_a_dead_ones_is_reused() {
        let home = tempfile::tempdir().unwrap();
        let first = Spool::new(home.path(), RUN.into());
        let second = Spool::new(home.path(), RUN.into());
        first.append(b"one").unwrap();
        second.append(b"two").unwrap();
        drop(first);
        let third = Spool::new(home.path(), RUN.into());
        third.append(b"three").unwrap();
        let expected = [("segment-00", "run.onerun.three"), ("segment-01", "run.two")];
        assert_eq!(files(home.path()), expected.map(|(name, text)| (name.into(), text.into())));
    }

    #[test]
    fn a_settled_slot_is_emptied_by_the_next_one_that_takes_it() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        spool.append(b"one").unwrap();
        let segment = spool.current().unwrap();
        let mut settled = Vec::new();
        codec::write_settled(&mut settled, segment.bytes());
        segment.append(&settled).unwrap();
        drop((segment, spool));
        Spool::new(home.path(), RUN.into()).append(b"two").unwrap();
        assert_eq!(files(home.path()), [("segment-00".into(), "run.two".into())]);
    }

    #[test]
    fn a_segment_grows_no_larger_than_it_may() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        let mebibyte = vec![b'x'; 1024 * 1024];
        let written = (0..20).take_while(|_| spool.append(&mebibyte).is_ok()).count();
        assert_eq!(written, 4, "5 MiB less the run record");
        assert_eq!(spool.append(&mebibyte), Err(Unspooled::Full));
        assert_eq!(spool.append(b"a small one still fits"), Ok(()));
        let segment = spool.current().unwrap();
        for _ in 0..20 {
            let _ = segment.append_event(&mebibyte[..64 * 1024]);
        }
        assert_eq!(segment.append_event(&mebibyte[..64 * 1024]), Err(Unspooled::Full));
        assert_eq!(segment.append(b"what was delivered can still be said"), Ok(()));
    }

    #[test]
    fn a_full_slot_is_passed_by() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join(FOLDER)).unwrap();
        std::fs::write(path(&home.path().join(FOLDER), 0), vec![b'x'; 5 * 1024 * 1024]).unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        spool.append(b"one").unwrap();
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
        Spool::new(home.path(), RUN.into()).append(b"one").unwrap();
        assert_eq!(std::fs::read_to_string(precious).unwrap(), "precious");
        assert_eq!(std::fs::read(path(&folder, 2)).unwrap(), b"run.one");
    }

    #[test]
    fn a_file_where_the_folder_should_be_means_memory() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(FOLDER), "in the way").unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        assert_eq!(spool.append(b"one"), Err(Unspooled::Unwritable));
        assert_eq!(std::fs::read_to_string(home.path().join(FOLDER)).unwrap(), "in the way");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        Spool::new(home.path(), RUN.into()).append(b"one").unwrap();
        let folder = home.path().join(FOLDER);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&path(&folder, 0))), (0o700, 0o600));
    }

    #[test]
    fn rotation_moves_writers_to_an_empty_slot() {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(home.path(), RUN.into());
        spool.append(b"one").unwrap();
        let left = spool.rotate().unwrap();
        spool.append(b"two").unwrap();
        left.clear().unwrap();
        let expected = [("segment-00", ""), ("segment-01", "run.two")];
        assert_eq!(files(home.path()), expected.map(|(name, text)| (name.into(), text.into())));
    }
}
