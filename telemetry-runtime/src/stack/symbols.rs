//! What the frames of a trace are called, from the debug information of the very build that it is of.
//!
//! Not with `backtrace::resolve`: it holds the lock that a panicking thread has to take, for as long as it reads debug information,
//! and maps the file, so that a file that shrinks meanwhile kills the program. Here, files are read.

use std::collections::BTreeMap;
use std::fs::File;

use addr2line::gimli::{self, DwarfSections, EndianSlice, RunTimeEndian};
use object::read::ReadCache;
use object::{Object, ObjectSection, ObjectSegment, ObjectSymbol};

use super::{build_id, loaded};
use crate::place;
use crate::trace::{BuildId, Frame, RawFrame, Trace};

/// Debug information that is larger is not read, and functions are called what the linker calls them: it lies in memory meanwhile.
const DEBUG_BYTES: u64 = 128 * 1024 * 1024;

/// The sections that functions and lines are found in.
const SECTIONS: [gimli::SectionId; 10] = [
    gimli::SectionId::DebugAbbrev,
    gimli::SectionId::DebugAddr,
    gimli::SectionId::DebugAranges,
    gimli::SectionId::DebugInfo,
    gimli::SectionId::DebugLine,
    gimli::SectionId::DebugLineStr,
    gimli::SectionId::DebugRanges,
    gimli::SectionId::DebugRngLists,
    gimli::SectionId::DebugStr,
    gimli::SectionId::DebugStrOffsets,
];

/// The frames of traces as people read them, without the panic's own.
///
/// Those in a module of which this process has the same build loaded get names. Takes milliseconds, hundreds of them for a large
/// debug build, and hardly more for many traces than for one. Holds no lock. Takes no time of, and can be run while, other threads
/// capture.
pub(crate) fn symbolise(traces: &[&Trace]) -> Vec<Vec<Frame>> {
    let each = |trace: &&Trace| trace.nameless().into_iter().map(|frame| vec![frame]).collect();
    let mut named: Vec<Vec<Vec<Frame>>> = traces.iter().map(each).collect();
    let mut images = loaded(u64::MAX, |_| true);
    images.sort_by_key(|image| image.build_id);
    images.dedup_by_key(|image| image.build_id);
    for image in images.iter().filter(|image| !image.build_id.bytes().is_empty()) {
        let mut frames = Vec::new();
        for (trace, named) in traces.iter().zip(&mut named) {
            let of_image = |raw: &RawFrame| trace.module_of(*raw).is_some_and(|of| of.build_id == image.build_id);
            let in_image = trace.frames.iter().zip(named).filter(|(raw, _)| of_image(raw));
            frames.extend(in_image.map(|(_, frames)| frames));
        }
        if !frames.is_empty()
            && let Some(file) = image.open()
        {
            // What cannot be read has no names.
            let _read = name(file, image.build_id, frames);
        }
    }
    named.into_iter().map(|frames| without_panic(frames.concat())).collect()
}

/// Names frames of one module, each of which is still one frame.
fn name(file: File, expected: BuildId, frames: Vec<&mut Vec<Frame>>) -> Option<()> {
    let cache = ReadCache::new(file);
    // This file, and not the one that had the path a moment ago.
    if build_id(&cache)? != expected {
        return None;
    }
    let object = object::File::parse(&cache).ok()?;
    // Where the file's first byte lies, in the terms of its own addresses.
    let base = object.segments().map(|segment| segment.address() & !(segment.align().max(1) - 1)).min()?;
    // A return address is behind the call, perhaps in another function.
    let address = |frame: &Frame| base.wrapping_add(frame.offset).wrapping_sub(1);
    // Of what lies outside, nothing has to be known by what reads debug information.
    let in_file = |at: u64| object.segments().any(|of| at.checked_sub(of.address()).is_some_and(|at| at < of.size()));
    let mut frames: Vec<&mut Vec<Frame>> =
        frames.into_iter().filter(|frames| frames.first().is_some_and(|frame| in_file(address(frame)))).collect();

    let addresses = frames.iter().filter_map(|frames| frames.first()).map(address);
    let linked = linked_names(&object, addresses.map(|address| (address, None)).collect());
    for frame in frames.iter_mut().filter_map(|frames| frames.first_mut()) {
        frame.function = linked.get(&address(frame)).copied().flatten().map(demangled);
    }

    let debug_bytes = SECTIONS.iter().filter_map(|id| object.section_by_name(id.name())).map(|section| section.size());
    if debug_bytes.fold(0, u64::saturating_add) > DEBUG_BYTES {
        return None;
    }
    let sections = DwarfSections::load(|id| {
        let section = object.section_by_name(id.name()).filter(|_| SECTIONS.contains(&id));
        Ok::<_, gimli::Error>(section.and_then(|section| section.data().ok()).unwrap_or(&[]))
    });
    let endian = if object.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
    let sections = sections.ok()?;
    let context = addr2line::Context::from_dwarf(sections.borrow(|section| EndianSlice::new(section, endian))).ok()?;
    for frames in frames {
        let Some(outer) = frames.first().cloned() else { continue };
        let Ok(mut calls) = context.find_frames(address(&outer)).skip_all_loads() else { continue };
        let mut inlined = Vec::new();
        while let Ok(Some(call)) = calls.next() {
            let function =
                call.function.as_ref().and_then(|function| function.raw_name().ok().map(|name| demangled(&name)));
            let location = call.location.as_ref();
            inlined.push(Frame {
                function,
                file: location.and_then(|location| location.file).map(|file| place::reduced(file).into_owned()),
                line: location.and_then(|location| location.line),
                ..outer.clone()
            });
        }
        // Only the outermost of them is a function that the linker knows, and by its path: where debug information is lines
        // alone, it has the last word of that.
        if let Some(last) = inlined.last_mut() {
            last.function = outer.function.or(last.function.take());
            *frames = inlined;
        }
    }
    Some(())
}

/// What the linker calls the functions at these addresses.
fn linked_names<'data>(
    object: &impl Object<'data>,
    mut names: BTreeMap<u64, Option<&'data str>>,
) -> BTreeMap<u64, Option<&'data str>> {
    for symbol in object.symbols().chain(object.dynamic_symbols()) {
        // Not the nearest one before: in a stripped file that is any function at all.
        let code = symbol.address()..symbol.address().saturating_add(symbol.size());
        for (_, name) in names.range_mut(code).filter(|(_, name)| name.is_none()) {
            *name = symbol.name().ok().filter(|_| symbol.kind() == object::SymbolKind::Text);
        }
    }
    names
}

fn demangled(name: &str) -> String {
    // Without the hash.
    rustc_demangle::try_demangle(name).map_or_else(|_| name.to_owned(), |name| format!("{name:#}"))
}

/// Leaves out what ran between the place that panicked, or reports an error, and the capture, and what ran before the thread's or the program's first
/// function: as the standard library does it, by marks that it has on the stack. Without names, nothing is left out.
fn without_panic(mut frames: Vec<Frame>) -> Vec<Frame> {
    let is = |frame: &Frame, says: &dyn Fn(&str) -> bool| frame.function.as_deref().is_some_and(says);
    let begins = frames.iter().position(|frame| is(frame, &|name| name.contains("__rust_end_short_backtrace")));
    let reports = |name: &str| name.contains("telemetry_runtime::reporting::Report") && name.ends_with("::record");
    let begins = begins.or_else(|| frames.iter().position(|frame| is(frame, &reports)));
    if let Some(begins) = begins {
        frames.drain(..=begins);
        let is_panic = |frame: &Frame| is(frame, &raises);
        let own = frames.iter().position(|frame| !is_panic(frame)).unwrap_or(0);
        frames.drain(..own);
    }
    let ends = frames.iter().position(|frame| is(frame, &|name| name.contains("__rust_begin_short_backtrace")));
    frames.truncate(ends.unwrap_or(frames.len()));
    frames
}

/// Whether a function of Rust's library is there to panic.
fn raises(function: &str) -> bool {
    let of_rust = ["core::", "alloc::", "std::", "__rustc::"].iter().any(|path| function.starts_with(path));
    let path = function.split("::<").next().unwrap_or(function);
    let (module, name) = path.rsplit_once("::").unwrap_or_default();
    of_rust
        && (["core::panicking", "std::panicking"].contains(&module)
            || ["panic", "rust_begin_unwind"].iter().any(|begin| name.starts_with(begin))
            || ["_fail", "_failed"].iter().any(|end| name.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    fn a_function_with_a_name() -> Trace {
        let trace = Trace::capture();
        std::hint::black_box(trace)
    }

    fn symbolised(trace: &Trace) -> Vec<Frame> {
        symbolise(&[trace]).concat()
    }

    fn functions(frames: &[Frame]) -> Vec<&str> {
        frames.iter().filter_map(|frame| frame.function.as_deref()).collect()
    }

    #[test]
    fn a_frame_has_the_name_and_the_place_that_the_source_gives_it() {
        let frames = symbolised(&a_function_with_a_name());
        let frame = frames
            .iter()
            .find(|frame| frame.function.as_deref().is_some_and(|name| name.ends_with("a_function_with_a_name")));
        let frame = frame.unwrap_or_else(|| panic!("{frames:#?}"));
        assert!(frame.file.as_deref().is_some_and(|file| file.ends_with("src/stack/symbols.rs")), "{frame:?}");
        assert!(frame.line.is_some() && frame.module.is_some());
        assert!(!functions(&frames).iter().any(|name| name.contains("__rust_begin_short_backtrace")));
    }

    #[test]
    fn each_of_many_traces_has_the_names_that_it_has_alone() {
        let traces = [a_function_with_a_name(), Trace::default(), Trace::capture(), a_function_with_a_name()];
        let alone: Vec<_> = traces.iter().map(symbolised).collect();
        assert_eq!(symbolise(&traces.each_ref()), alone);
        assert!(symbolise(&[]).is_empty());
    }

    /// So a thread that panics, which needs the lock, never waits for names.
    #[test]
    fn names_are_found_without_the_lock_that_capturing_takes() {
        let trace = a_function_with_a_name();
        let (say, said) = std::sync::mpsc::channel();
        let mut named = None;
        backtrace::trace(|_| {
            let (trace, say) = (trace.clone(), say.clone());
            std::thread::spawn(move || say.send(symbolised(&trace).len()));
            named = said.recv_timeout(std::time::Duration::from_secs(60)).ok();
            false
        });
        assert!(named.is_some_and(|frames| frames > 0), "symbolise waits for the lock that is held here");
    }

    #[test]
    fn another_build_gives_no_names() {
        let mut trace = a_function_with_a_name();
        for module in &mut trace.modules {
            module.build_id = BuildId::new(b"another").unwrap();
        }
        let frames = symbolised(&trace);
        assert_eq!(frames.len(), trace.frames.len());
        for (frame, raw) in frames.iter().zip(&trace.frames) {
            assert_eq!((frame.offset, &frame.function, &frame.file, frame.line), (raw.offset, &None, &None, None));
        }
    }

    #[test]
    fn a_module_without_a_build_id_gives_no_names() {
        let mut trace = a_function_with_a_name();
        for module in &mut trace.modules {
            module.build_id = BuildId::default();
        }
        assert_eq!(functions(&symbolised(&trace)), [""; 0]);
    }

    #[test]
    fn an_offset_that_is_in_no_function_has_no_name() {
        let mut trace = a_function_with_a_name();
        for (index, frame) in trace.frames.iter_mut().enumerate() {
            frame.offset = u64::MAX - index as u64;
        }
        let frames = symbolised(&trace);
        assert_eq!((functions(&frames), frames.len()), (Vec::new(), trace.frames.len()));
        trace.frames.iter_mut().for_each(|frame| frame.offset = 0);
        assert_eq!(functions(&symbolised(&trace)), [""; 0]);
    }

    #[test]
    fn what_panics_for_others_is_left_out() {
        let frame = |name: &str| Frame { function: Some(name.to_owned()), ..Frame::default() };
        let names = [
            "std::panicking::panic_with_hook",
            "std::sys::backtrace::__rust_end_short_backtrace::<tool::main::{closure#0}, !>",
            "__rustc::rust_begin_unwind",
            "core::panicking::panic_fmt",
            "core::panicking::assert_failed::<i32, tool::Panics>",
            "core::option::unwrap_failed",
            "core::str::slice_error_fail",
            "tool::sync",
            "core::ops::function::FnOnce::call_once",
            "std::sys::backtrace::__rust_begin_short_backtrace::<fn(), ()>",
            "main",
        ];
        let frames = without_panic(names.map(frame).to_vec());
        assert_eq!(functions(&frames), ["tool::sync", "core::ops::function::FnOnce::call_once"]);
        let unmarked = names.map(frame)[7..9].to_vec();
        assert_eq!(without_panic(unmarked.clone()), unmarked);
    }
}
