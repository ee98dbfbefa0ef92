//! A file that holds one random id: made once, by whoever comes first, and read by all others.
//!
//! It is written whole under another name and then linked to its own, which one process of many can do. What is there already and is
//! no regular file, or holds no UUID, is left alone: it may be somebody's, or may say that no id is wanted.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use uuid::Uuid;

use crate::identity::uuid;
use crate::os;
use crate::spool::create_private_folder;
use crate::value::Id;

/// The name of what hashes are salted with.
pub(crate) const SALT: &str = "hash-salt";

/// An id takes 36 bytes and a line break; of what is longer, more need not be read to know that it is none.
const MOST_BYTES: u64 = 64;

/// What lies at a path.
enum There {
    Nothing,
    Id(Id),
    /// Something else, or nobody may look.
    Other,
}

/// The id that is kept in a file, if there is one; nothing is made.
pub(crate) fn read(path: &Path) -> Option<Id> {
    match look(path) {
        There::Id(id) => Some(id),
        There::Nothing | There::Other => None,
    }
}

/// The id that is kept in a file, which is made if nothing is there.
///
/// Where the file was deleted, a new id. Where something else is in its place, or it cannot be made, no id.
pub(crate) fn read_or_make(path: &Path) -> Option<Id> {
    match look(path) {
        There::Id(id) => Some(id),
        There::Other => None,
        There::Nothing => {
            let id = Id(Uuid::new_v4().as_u128());
            match make(path, id) {
                Ok(()) => Some(id),
                // Somebody was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(path),
                Err(_) => None,
            }
        }
    }
}

fn look(path: &Path) -> There {
    let there = path.symlink_metadata();
    if there.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return There::Nothing;
    }
    if !there.is_ok_and(|there| there.is_file()) {
        return There::Other;
    }
    let mut options = OpenOptions::new();
    options.read(true);
    // Whatever takes its place meanwhile is not followed, and not waited for.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
    let mut text = String::new();
    let read = options.open(path).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text));
    read.ok().and_then(|_| uuid(text.trim())).map_or(There::Other, There::Id)
}

fn make(path: &Path, id: Id) -> io::Result<()> {
    // A file of any size would end the process here.
    if os::largest_file().is_some_and(|largest| largest < MOST_BYTES) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    create_private_folder(folder)?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}", Uuid::new_v4().as_simple()));
    let hidden = folder.join(hidden);
    let line = format!("{id}\n");
    let made = new_private(&hidden).and_then(|mut file| file.write_all(line.as_bytes()));
    let linked = made.and_then(|()| std::fs::hard_link(&hidden, path));
    // One that cannot be removed is in nobody's way.
    drop(std::fs::remove_file(&hidden));
    match linked {
        // A file system without links. Who reads before it is written has no id for that run.
        Err(error) if has_no_links(&error) => new_private(path)?.write_all(line.as_bytes()),
        linked => linked,
    }
}

fn has_no_links(error: &io::Error) -> bool {
    // Linux has EPERM for it, others have EOPNOTSUPP.
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

fn new_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_is_made_by_many_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below").join("install-id");
        let ids: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..32).map(|_| scope.spawn(|| read_or_make(&path))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(ids[0].is_some() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
        std::fs::remove_file(&path).unwrap();
        assert_ne!(read_or_make(&path), ids[0]);
    }

    #[test]
    fn what_is_no_id_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("install-id");
        for content in ["", "alice", "00000000-0000-0000-0000-000000000000", &"a".repeat(100)] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(read_or_make(&path), None, "{content}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
        for written in ["01927D3E-0A5B-4C1D-8E2F-001122334455", " 01927d3e-0a5b-4c1d-8e2f-001122334455\r\n"] {
            std::fs::write(&path, written).unwrap();
            assert_eq!(read_or_make(&path), Some(Id(0x0192_7d3e_0a5b_4c1d_8e2f_0011_2233_4455)));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (folder.path().join("install-id"), folder.path().join("elsewhere"));
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        assert_eq!(read_or_make(&path), None);
        assert!(!elsewhere.exists());
    }
}
