//! Where a thread was: offsets into modules, which mean the same in every run, and what they are called.
//!
//! ```text
//! trace = count (1) · (length of the build id (1) · build id · base (8))* · count (1) · (module + 1, or 0 (1) · offset (8))*
//! ```
//!
//! No text of the run time is in a trace. A name comes from the debug information of the very build that ran, when it is sent.

use std::fmt;

/// The innermost frames that are kept; what called those is left out.
pub(crate) const FRAMES: usize = 64;
/// A GNU build id is a SHA-1, or shorter.
const BUILD_ID_BYTES: usize = 20;

/// The frames of one thread, innermost first, and the modules that they lie in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) modules: Vec<Module>,
    pub(crate) frames: Vec<RawFrame>,
}

/// An executable or a shared library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Module {
    pub(crate) build_id: BuildId,
    /// Where its first byte lay in memory, in that run.
    pub(crate) base: u64,
}

/// Which build a module is; empty where its linker did not say.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BuildId {
    bytes: [u8; BUILD_ID_BYTES],
    length: u8,
}

/// A return address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawFrame {
    /// Which of the trace's modules; of an address in no module, as generated code has it, nothing is known.
    pub(crate) module: Option<u8>,
    /// From the module's base, or from zero where there is no module.
    pub(crate) offset: u64,
}

/// A frame of the stack of a panic or an error report, as people read it. An inlined call is a frame of its own, at the same offset.
///
/// What it is called is known where the build that recorded it is the one that sends, and has debug information.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// The function with its path, without the compiler's hash.
    pub function: Option<String>,
    /// The source file as seen from its package, so that no home and no user's name is in it.
    pub file: Option<String>,
    /// The line in it, counted from 1.
    pub line: Option<u32>,
    /// The build id of the executable or library, in hexadecimal digits.
    pub module: Option<String>,
    /// Where in it the function goes on, in bytes.
    pub offset: u64,
}

impl Trace {
    /// Appends the trace to `to`, in less than 2.5 KB.
    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        to.push(count(self.modules.len()));
        for module in self.modules.iter().take(FRAMES) {
            let build_id = module.build_id.bytes();
            to.push(count(build_id.len()));
            to.extend_from_slice(build_id);
            to.extend_from_slice(&module.base.to_le_bytes());
        }
        to.push(count(self.frames.len()));
        for frame in self.frames.iter().take(FRAMES) {
            to.push(frame.module.map_or(0, |module| module.saturating_add(1)));
            to.extend_from_slice(&frame.offset.to_le_bytes());
        }
    }

    /// Takes a trace off the beginning of `from`; `None` if none is there.
    pub(crate) fn read(from: &mut &[u8]) -> Option<Self> {
        let modules = (0..bounded(from)?).map(|_| {
            let length = array::<1>(from)?[0];
            let build_id = BuildId::new(take(from, length.into())?)?;
            Some(Module { build_id, base: array(from).map(u64::from_le_bytes)? })
        });
        let modules: Vec<Module> = modules.collect::<Option<_>>()?;
        let frames = (0..bounded(from)?).map(|_| {
            let module = array::<1>(from)?[0].checked_sub(1);
            let known = module.is_none_or(|module| usize::from(module) < modules.len());
            let offset = array(from).map(u64::from_le_bytes)?;
            known.then_some(RawFrame { module, offset })
        });
        let frames = frames.collect::<Option<_>>()?;
        Some(Self { modules, frames })
    }

    /// Whether nothing was kept of where the thread was.
    pub(crate) const fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    pub(crate) fn module_of(&self, frame: RawFrame) -> Option<&Module> {
        self.modules.get(usize::from(frame.module?))
    }

    /// The frames, of which no name is known.
    pub(crate) fn nameless(&self) -> Vec<Frame> {
        let nameless = |frame: &RawFrame| {
            let module = self.module_of(*frame).map(|module| module.build_id).filter(|id| !id.bytes().is_empty());
            Frame { module: module.map(|id| id.to_string()), offset: frame.offset, ..Frame::default() }
        };
        self.frames.iter().map(nameless).collect()
    }
}

impl BuildId {
    /// `None` if it is longer than any that linkers make.
    pub(crate) fn new(id: &[u8]) -> Option<Self> {
        let mut bytes = [0; BUILD_ID_BYTES];
        bytes.get_mut(..id.len())?.copy_from_slice(id);
        Some(Self { bytes, length: count(id.len()) })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length.into()).unwrap_or(&[])
    }
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// So many modules, frames or bytes of a build id: never more than there can be frames.
#[allow(clippy::cast_possible_truncation, reason = "bounded by FRAMES")]
fn count(count: usize) -> u8 {
    const { assert!(FRAMES < u8::MAX as usize && BUILD_ID_BYTES < FRAMES) };
    count.min(FRAMES) as u8
}

fn bounded(from: &mut &[u8]) -> Option<usize> {
    let [count] = array(from)?;
    Some(usize::from(count)).filter(|count| *count <= FRAMES)
}

fn take<'a>(from: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    from.split_off(..count)
}

fn array<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    take(from, N)?.try_into().ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        pub(crate) fn trace()(
            modules in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..=BUILD_ID_BYTES), any::<u64>()), 0..=FRAMES),
            frames in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<u64>()), 0..=FRAMES),
        ) -> Trace {
            let modules: Vec<Module> = modules
                .into_iter()
                .map(|(id, base)| Module { build_id: BuildId::new(&id).unwrap(), base })
                .collect();
            let frames = frames.into_iter().map(|(index, has_module, offset)| {
                let module = (has_module && !modules.is_empty()).then(|| u8::try_from(index.index(modules.len())).unwrap());
                RawFrame { module, offset }
            });
            Trace { frames: frames.collect(), modules }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(trace in trace(), behind in any::<[u8; 3]>()) {
            let mut bytes = Vec::new();
            trace.write(&mut bytes);
            prop_assert!(bytes.len() < 2500);
            bytes.extend_from_slice(&behind);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(Trace::read(&mut rest), Some(trace));
            prop_assert_eq!(rest, behind);
        }

        #[test]
        fn what_is_cut_off_is_no_trace(trace in trace(), cut in any::<prop::sample::Index>()) {
            let mut bytes = Vec::new();
            trace.write(&mut bytes);
            bytes.truncate(cut.index(bytes.len()));
            prop_assert_eq!(Trace::read(&mut bytes.as_slice()), None);
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(trace) = Trace::read(&mut bytes.as_slice()) {
                prop_assert!(trace.frames.len() <= FRAMES && trace.modules.len() <= FRAMES);
                prop_assert_eq!(trace.nameless().len(), trace.frames.len());
            }
        }

        #[test]
        fn a_flipped_byte_is_read_or_not(trace in trace(), at in any::<prop::sample::Index>(), mask in 1_u8..) {
            let mut bytes = Vec::new();
            trace.write(&mut bytes);
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
            if let Some(read) = Trace::read(&mut bytes.as_slice()) {
                prop_assert!(read.frames.len() <= FRAMES && read.modules.len() <= FRAMES);
            }
        }
    }

    #[test]
    fn more_than_the_bounds_is_left_out() {
        let module = Module { build_id: BuildId::default(), base: 0 };
        let frame = RawFrame { module: Some(0), offset: 1 };
        let trace = Trace { modules: vec![module; 300], frames: vec![frame; 300] };
        let mut bytes = Vec::new();
        trace.write(&mut bytes);
        let read = Trace::read(&mut bytes.as_slice()).unwrap();
        assert_eq!((read.modules.len(), read.frames.len()), (FRAMES, FRAMES));
    }
}
