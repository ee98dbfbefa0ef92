//! Files and folders that are their owner's alone.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file for its owner alone, to read and to write, and creates it if need be.
pub(crate) fn open_private(path: &Path, append: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).append(append).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whether a path can be opened and read without waiting for somebody, as at the end of a pipe: a file is there, or nothing.
pub(crate) fn is_no_pipe(path: &Path) -> bool {
    path.metadata().map_or(true, |there| there.is_file())
}

/// Creates a folder that only its owner can look into, with whatever is missing above it.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whether an open file is the one that is known by this name now.
#[cfg(unix)]
pub(crate) fn is_still_at(metadata: &Metadata, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(crate) fn is_still_at(_: &Metadata, _: &Path) -> bool {
    // An open file cannot be removed here.
    true
}
