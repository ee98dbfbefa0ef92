//! A program that panics, told how: `crashing FOLDER HOW…`. Its telemetry keeps its state in the folder, and writes what is
//! delivered to the file `lines` there, and to the receiver that the variable `URL` names. Nothing is delivered but by `tell`.

use std::ffi::{CString, c_char, c_int, c_void};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::{Builder, Development, Guard, Recording, Telemetry, app, record, report_error, sink, tracked};

include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../elsewhere.rs"));

const MINUTE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [folder, how, more @ ..] = &words[..] else { panic!("{words:?}") };
    let telemetry = || telemetry(Path::new(folder));
    match (*how, more) {
        ("tell", libraries) => {
            for library in libraries {
                calls_back_of(library);
            }
            return if telemetry().start().flush(MINUTE).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        ("deep", [depth]) => {
            let _telemetry = telemetry().start();
            println!("{:p}", main as fn() -> ExitCode);
            deep(depth.parse().unwrap());
        }
        ("in-thread", []) => {
            let _telemetry = telemetry().start();
            std::thread::spawn(in_a_thread).join().unwrap_err();
        }
        ("in-call", []) => {
            let _telemetry = telemetry().start();
            in_call();
        }
        ("in-library", [library]) => {
            let _telemetry = start_and_look(telemetry());
            // It is loaded when nobody looks any more at what is.
            let calls_back = calls_back_of(library);
            unsafe { calls_back(called_back) }
        }
        ("in-destructor", []) => {
            let _telemetry = telemetry().start();
            std::thread::spawn(|| LAST.with(|_| drop(catch_unwind(in_call)))).join().unwrap();
        }
        ("in-child", []) => {
            let _telemetry = telemetry().start();
            drop(catch_unwind(in_call));
            match unsafe { fork() } {
                0 => drop(catch_unwind(in_call)),
                child => assert_eq!(unsafe { waitpid(child, std::ptr::null_mut(), 0) }, child),
            }
        }
        ("outside", []) => {
            drop(catch_unwind(elsewhere));
            drop(telemetry().start());
            drop(catch_unwind(elsewhere));
        }
        ("elsewhere", []) => {
            let _telemetry = telemetry().start();
            elsewhere();
        }
        ("while-named", []) => {
            std::panic::set_hook(Box::new(|_| {}));
            panic_while_named(&telemetry().start());
        }
        ("often", [times]) => {
            std::panic::set_hook(Box::new(|_| {}));
            let _telemetry = telemetry().start();
            (0..times.parse().unwrap()).for_each(|_| drop(catch_unwind(|| deep(3))));
        }
        ("hook-before", []) => {
            say_in_hook("before");
            let _telemetry = telemetry().start();
            deep(1);
        }
        ("hook-after", []) => {
            say_in_hook("before");
            let _telemetry = telemetry().start();
            say_in_hook("after");
            deep(1);
        }
        ("reporting", []) => {
            let _telemetry = telemetry().start();
            report(false);
            report(true);
        }
        ("at-length", [bytes]) => {
            let _telemetry = telemetry().start();
            panic!("{}", "x".repeat(bytes.parse().unwrap()));
        }
        ("saying", [secret]) => {
            let _telemetry = telemetry().start();
            say(secret);
        }
        _ => panic!("{words:?}"),
    }
    ExitCode::SUCCESS
}

fn telemetry(folder: &Path) -> Builder<'static> {
    let tells = std::env::args().nth(2).is_some_and(|how| how == "tell" || how == "while-named");
    let mut builder = Telemetry::builder(app!())
        .env_prefix("CRASHING")
        .development(Development::Send)
        .state_dir(folder.join("state"))
        // What is not delivered in the end is the next run's.
        .batch_window(if tells { Duration::from_millis(1) } else { 60 * MINUTE })
        .sink(sink::JsonLines::file(folder.join("lines")));
    if std::env::var_os("QUEUED").is_some() {
        builder = builder.recording(Recording::Queued);
    }
    match std::env::var("URL") {
        Ok(url) => builder.sink(sink::Json::new(url)),
        Err(_) => builder,
    }
}

/// Starts telemetry, and comes back when its thread has looked at what is loaded: from then on, it delivers.
fn start_and_look(builder: Builder<'_>) -> Guard {
    let telemetry = builder.start();
    telemetry.flush(MINUTE).unwrap();
    telemetry
}

/// An error that is handled, reported with the calls that led here and without them.
#[inline(never)]
fn report(has_stack: bool) {
    if has_stack {
        report_error!(event = "With Stack", stack);
    } else {
        report_error!(event = "Without Stack");
    }
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

#[tracked]
fn in_call() {
    record!(depth = 1_u32);
    deep(1);
}

/// Panics in every way that takes the secret into what is said.
fn say(secret: &str) {
    let panics: [&(dyn Fn() + Sync); 8] = [
        &|| panic!("{secret}"),
        &|| panic!("{}", secret.to_owned()),
        &|| assert_eq!(secret, "another"),
        &|| assert!(secret.is_empty(), "{secret}"),
        &|| Err::<(), _>(secret).unwrap(),
        &|| Err::<(), _>(secret).expect(secret),
        &|| None::<()>.expect(secret),
        &|| std::panic::panic_any(secret.to_owned()),
    ];
    for panic in panics {
        std::thread::scope(|scope| {
            let named = std::thread::Builder::new().name(secret.to_owned());
            named.spawn_scoped(scope, panic).unwrap().join().unwrap_err();
        });
    }
}

thread_local! {
    static LAST: Last = const { Last };
}

/// Panics when hardly anything else of its thread is left.
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        drop(catch_unwind(in_call));
    }
}

/// Has every panic say a word, and then what is said already.
fn say_in_hook(word: &'static str) {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        eprintln!("{word}: {:?} {:?} {panic}", panic.location(), panic.payload().downcast_ref::<&str>());
        previous(panic);
    }));
}

type CallsBack = unsafe extern "C-unwind" fn(extern "C-unwind" fn());

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn fork() -> c_int;
    fn waitpid(child: c_int, status: *mut c_int, options: c_int) -> c_int;
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

/// Another thread has names found, of what an earlier run left, until this one has panicked often.
fn panic_while_named(telemetry: &Guard) {
    std::thread::scope(|scope| {
        let names = scope.spawn(|| telemetry.flush(MINUTE));
        for _ in 0..100 {
            drop(catch_unwind(|| deep(3)));
        }
        // What came meanwhile may still be owed.
        let _owed = names.join().unwrap();
    });
    telemetry.flush(MINUTE).unwrap();
}
