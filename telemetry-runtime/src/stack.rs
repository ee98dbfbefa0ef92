//! Where this thread is, and which modules this process is made of.
//!
//! The unwinder is the standard library's own, by way of the crate `backtrace`. What is loaded is read from `/proc/self/maps`, so
//! that no `unsafe` is needed; where there is none (other systems than Linux) a trace is empty.

mod symbols;

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use object::read::ReadCache;
use object::{Object, ReadRef};

use crate::trace::{BuildId, FRAMES, Module, RawFrame, Trace};

pub(crate) use symbols::symbolise;

const EXECUTABLE: &str = "/proc/self/exe";
/// While a thread panics, so much of the list of what is mapped is read, which takes up to 0.3 ms: thousands of threads make it
/// megabytes long.
const HASTY_BYTES: u64 = 64 * 1024;

/// What was loaded when somebody had the time to look.
static KNOWN: OnceLock<Vec<Image>> = OnceLock::new();

/// A file that this process runs code of.
#[derive(Debug)]
struct Image {
    /// Where its first byte is mapped.
    base: u64,
    /// Where its code is mapped.
    code: Vec<Range<u64>>,
    path: PathBuf,
    inode: u64,
    /// Of an image that no frame is in, unknown.
    build_id: BuildId,
}

/// Looks at what is loaded, so that [`Trace::capture`] need not read files; for the worker, before it does anything else.
pub(crate) fn prepare() {
    // A forked child knows what its parent knew.
    if KNOWN.get().is_none() {
        let _kept = KNOWN.set(loaded(u64::MAX, |_| true));
    }
}

impl Trace {
    /// The innermost frames of this thread, from the one of this function on.
    ///
    /// Takes no lock: that of the crate `backtrace` may be held for tens of milliseconds by other code of the program that has the crate
    /// find names, and is poisoned for ever where such code panics. Allocates its result. Reads files only if [`prepare`] was not called or a frame is
    /// in what was loaded after it.
    pub(crate) fn capture() -> Self {
        let mut addresses = [0; FRAMES];
        let mut count = 0;
        let visit = |frame: &backtrace::Frame| {
            let Some(address) = addresses.get_mut(count) else { return false };
            *address = frame.ip().addr() as u64;
            count += usize::from(*address != 0);
            *address != 0
        };
        // SAFETY: here, on Linux, the walk is the unwinder's of the C library, which several threads may walk by; what is to be
        // synchronised is the search for names (and the walk on Windows), which this module does not use.
        #[allow(unsafe_code, reason = "the safe form takes a lock that the program may hold")]
        unsafe {
            backtrace::trace_unsynchronized(visit);
        }
        let addresses = addresses.get(..count).unwrap_or(&[]);
        let known = KNOWN.get().map_or(&[][..], Vec::as_slice);
        let unknown = |image: &Image| addresses.iter().any(|at| find(known, *at).is_none() && image.holds(*at));
        let is_known = addresses.iter().all(|at| find(known, *at).is_some());
        let seen = if is_known { Vec::new() } else { loaded(HASTY_BYTES, unknown) };
        Self::of(addresses, |at| find(known, at).or_else(|| find(&seen, at)))
    }

    fn of<'a>(addresses: &[u64], find: impl Fn(u64) -> Option<&'a Image>) -> Self {
        let mut trace = Self { modules: Vec::with_capacity(4), frames: Vec::with_capacity(addresses.len()) };
        for address in addresses {
            let frame = match find(*address) {
                Some(image) => {
                    let module = Module { build_id: image.build_id, base: image.base };
                    let at = trace.modules.iter().position(|known| *known == module).unwrap_or(trace.modules.len());
                    if at == trace.modules.len() {
                        trace.modules.push(module);
                    }
                    RawFrame { module: u8::try_from(at).ok(), offset: address - image.base }
                }
                None => RawFrame { module: None, offset: *address },
            };
            trace.frames.push(frame);
        }
        trace
    }
}

impl Image {
    /// Whether code of this image has called something that returns to `address`, which can be one past the code's end.
    fn holds(&self, address: u64) -> bool {
        self.code.iter().any(|code| code.contains(&address.wrapping_sub(1)))
    }

    /// The very file that is loaded, even if another one has taken its path since.
    fn open(&self) -> Option<File> {
        // Not by the inode, which overlay file systems do not agree on.
        if std::fs::read_link(EXECUTABLE).is_ok_and(|path| path == self.path) {
            return File::open(EXECUTABLE).ok();
        }
        let file = File::open(&self.path).ok()?;
        (file.metadata().ok()?.ino() == self.inode).then_some(file)
    }
}

fn find(images: &[Image], address: u64) -> Option<&Image> {
    images.iter().find(|image| image.holds(address) && image.base <= address)
}

/// What is loaded, as far as the first bytes of the list say, with the build ids of those images that are `wanted`.
fn loaded(bytes: u64, wanted: impl Fn(&Image) -> bool) -> Vec<Image> {
    let mut maps = Vec::new();
    // What was read before an error counts.
    let _read = File::open("/proc/self/maps").map(|file| file.take(bytes).read_to_end(&mut maps));
    let whole = maps.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let mut images = images(maps.get(..whole).unwrap_or(&[]));
    for image in images.iter_mut().filter(|image| wanted(image)) {
        image.build_id = image.open().and_then(|file| build_id(&ReadCache::new(file))).unwrap_or_default();
    }
    images
}

/// The images in the text of `/proc/self/maps`, whose lines are sorted by address.
fn images(maps: &[u8]) -> Vec<Image> {
    let mut images: Vec<Image> = Vec::new();
    for line in maps.split(|byte| *byte == b'\n') {
        let Some(mapping) = Mapping::parse(line) else { continue };
        let same = |image: &Image| image.inode == mapping.inode && image.path == mapping.path;
        // A small file's first page can be mapped more than once, but only the first mapping is the base.
        let at = images.iter().rposition(same).filter(|at| mapping.offset != 0 || at + 1 == images.len());
        let code = mapping.executable.then_some(mapping.range.clone());
        match at.and_then(|at| images.get_mut(at)) {
            Some(image) => image.code.extend(code),
            None if mapping.offset == 0 => images.push(Image {
                base: mapping.range.start,
                code: code.into_iter().collect(),
                path: mapping.path.to_owned(),
                inode: mapping.inode,
                build_id: BuildId::default(),
            }),
            None => {}
        }
    }
    // Others are files that the program reads.
    images.retain(|image| !image.code.is_empty());
    images
}

/// A line of `/proc/self/maps` that names a file: `7f0c000-7f0d000 r-xp 00001000 08:01 1234   /lib/libc.so.6`.
struct Mapping<'a> {
    range: Range<u64>,
    executable: bool,
    offset: u64,
    inode: u64,
    path: &'a Path,
}

impl<'a> Mapping<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        let path = line.get(line.iter().position(|byte| *byte == b'/')?..)?;
        let words = std::str::from_utf8(line.strip_suffix(path)?).ok()?;
        let mut words = words.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let executable = words.next()?.contains('x');
        let offset = hexadecimal(words.next()?)?;
        let _device = words.next()?;
        let inode = words.next()?.parse().ok()?;
        let path = Path::new(std::ffi::OsStr::from_bytes(path));
        Some(Self { range: hexadecimal(start)?..hexadecimal(end)?, executable, offset, inode, path })
    }
}

fn hexadecimal(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

fn build_id<'data>(file: impl ReadRef<'data>) -> Option<BuildId> {
    BuildId::new(object::File::parse(file).ok()?.build_id().ok()??)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &[u8] = b"\
400000-500000 r--p 00000000 08:01 9 /home/u/data file
555500000000-555500001000 r--p 00000000 08:01 1 /bin/tool
555500001000-555500003000 r-xp 00001000 08:01 1 /bin/tool
555500003000-555500004000 rw-p 00000000 08:01 1 /bin/tool
555500004000-555500005000 rw-p 00000000 00:00 0
7f0000000000-7f0000001000 r--p 00000000 08:01 2 /lib/a b.so (deleted)
7f0000001000-7f0000002000 r-xp 00000000 00:00 0
7f0000002000-7f0000003000 r-xp 00002000 08:01 2 /lib/a b.so (deleted)
7f0000100000-7f0000101000 r-xp 00000000 08:01 2 /lib/a b.so (deleted)
7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0 [vdso]
garbage
7ffd00000000 r-xp 00000000 08:01 3 /lib/c.so
";

    #[test]
    fn what_is_loaded_is_what_has_code() {
        let images = images(MAPS);
        let seen: Vec<_> =
            images.iter().map(|image| (image.path.to_str().unwrap(), image.base, image.code.len())).collect();
        let library = "/lib/a b.so (deleted)";
        assert_eq!(seen, [("/bin/tool", 0x5555_0000_0000, 1), (library, 0x7f00_0000_0000, 2),],);
    }

    #[test]
    fn a_frame_is_an_offset_into_its_module() {
        let images = images(MAPS);
        let addresses = [0x5555_0000_1001, 0x7f00_0000_3000, 0x5555_0000_1000, 0x7ffc_0000_1000, 0x5555_0000_3000];
        let trace = Trace::of(&addresses, |address| find(&images, address));
        let frames: Vec<_> = trace.frames.iter().map(|frame| (frame.module, frame.offset)).collect();
        assert_eq!(
            frames,
            [
                (Some(0), 0x1001),
                (Some(1), 0x3000),
                (None, 0x5555_0000_1000),
                (None, 0x7ffc_0000_1000),
                (Some(0), 0x3000)
            ]
        );
    }

    #[test]
    fn no_bytes_are_too_odd() {
        for cut in 0..MAPS.len() {
            images(&MAPS[cut..]);
            images(&MAPS[..cut]);
        }
        assert!(images(b"\xff\xfe/\n-/\n1-2 x g 0 0 /\n").is_empty());
    }

    #[test]
    fn a_trace_has_only_modules_that_frames_are_in() {
        let trace = Trace::capture();
        assert!(!trace.frames.is_empty() && trace.frames.len() <= FRAMES);
        for module in 0..trace.modules.len() {
            assert!(trace.frames.iter().any(|frame| frame.module.map(usize::from) == Some(module)));
        }
        assert_eq!(trace.frames.first().and_then(|frame| frame.module), Some(0));
        assert!(!trace.modules[0].build_id.bytes().is_empty(), "the linker here says which build it makes");
    }
}
