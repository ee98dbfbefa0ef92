//! A program that keeps where it panicked, and says it in another run.
#![allow(dead_code, unused_imports, reason = "the modules are the runtime's own, and it uses all of them")]

mod place;
mod stack;
mod trace;

use std::ffi::{CString, c_char, c_int, c_void};
use std::time::{Duration, Instant};

use trace::Trace;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["panic", file, depth] => {
            keep_panics_in(file.to_owned());
            deep(depth.parse().unwrap());
        }
        ["panic-in-thread", file] => {
            keep_panics_in(file.to_owned());
            std::thread::spawn(in_a_thread).join().unwrap_err();
        }
        // It is loaded when nobody looks any more at what is.
        ["panic-in-library", file, library] => {
            stack::prepare();
            let calls_back = calls_back_of(library);
            keep_panics_in(file.to_owned());
            unsafe { calls_back(called_back) }
        }
        ["panic-while-named", file] => {
            stack::prepare();
            panic_while_named(file);
        }
        ["say", file] => say(file),
        ["say", file, library] => {
            calls_back_of(library);
            say(file);
        }
        ["measure", depth] => measure(depth.parse().unwrap()),
        _ => panic!("{words:?}"),
    }
}

fn keep_panics_in(file: String) {
    std::panic::set_hook(Box::new(move |_| {
        let mut bytes = Vec::new();
        Trace::capture().write(&mut bytes);
        std::fs::write(&file, bytes).unwrap();
    }));
}

/// Shifts what comes after it.
#[cfg(other)]
#[inline(never)]
fn another_function() -> u32 {
    std::env::args().map(|word| word.len() as u32).max().unwrap()
}

#[inline(never)]
fn deep(depth: u32) -> u32 {
    if depth == 0 {
        #[cfg(other)]
        std::hint::black_box(another_function());
        let none: Option<u32> = std::hint::black_box(None);
        return none.unwrap();
    }
    std::hint::black_box(deep(depth - 1)) + 1
}

fn in_a_thread() {
    deep(1);
}

type CallsBack = unsafe extern "C-unwind" fn(extern "C-unwind" fn());

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

fn calls_back_of(library: &str) -> CallsBack {
    const RTLD_NOW: c_int = 2;
    let path = CString::new(library).unwrap();
    let function = unsafe { dlsym(dlopen(path.as_ptr(), RTLD_NOW), c"calls_back".as_ptr()) };
    assert!(!function.is_null());
    unsafe { std::mem::transmute(function) }
}

extern "C-unwind" fn called_back() {
    deep(1);
}

/// Another thread does nothing but find names, until this one has captured often.
fn panic_while_named(file: &str) {
    let done = std::sync::atomic::AtomicBool::new(false);
    let trace = Trace::capture();
    let (begun, began) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let (done, trace) = (&done, &trace);
        // The channel goes with the thread, so that nobody waits for one that has failed.
        scope.spawn(move || {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                assert!(stack::symbolise(trace).iter().any(|frame| frame.function.is_some()));
                let _heard = begun.send(());
            }
        });
        began.recv().unwrap();
        keep_panics_in(file.to_owned());
        for _ in 0..100 {
            std::panic::catch_unwind(|| deep(3)).unwrap_err();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

fn say(file: &str) {
    let bytes = std::fs::read(file).unwrap();
    let mut rest = bytes.as_slice();
    let trace = Trace::read(&mut rest).unwrap();
    assert!(rest.is_empty());
    for module in &trace.modules {
        println!("module {} {:x}", module.build_id, module.base);
    }
    for frame in stack::symbolise(&trace) {
        let known = [frame.function.as_deref(), frame.file.as_deref(), frame.module.as_deref()];
        let [function, file, module] = known.map(|known| known.unwrap_or("?"));
        println!("{function} at {file}:{} in {module}+{:x}", frame.line.unwrap_or(0), frame.offset);
    }
}

fn measure(depth: u32) {
    #[inline(never)]
    fn at(depth: u32) -> (Duration, usize) {
        if depth > 0 {
            return std::hint::black_box(at(depth - 1));
        }
        let begin = Instant::now();
        let trace = Trace::capture();
        (begin.elapsed(), trace.frames.len())
    }
    for prepared in [false, true] {
        if prepared {
            let begin = Instant::now();
            stack::prepare();
            println!("prepare: {:?}", begin.elapsed());
        }
        let (first, frames) = at(depth);
        let mut times: Vec<Duration> = (0..1000).map(|_| at(depth).0).collect();
        times.sort();
        println!("prepared {prepared}, {frames} frames: first {first:?} median {:?} p99 {:?}", times[500], times[990]);
    }
    let trace = Trace::capture();
    for _ in 0..3 {
        let begin = Instant::now();
        let named = stack::symbolise(&trace).len();
        println!("symbolise: {named} frames in {:?}", begin.elapsed());
    }
}
