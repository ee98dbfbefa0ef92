//! A program that calls tracked functions from where one does not expect them, for the tests in `reentry`.
//!
//! `odd ENDPOINT STATE_DIR SCENE`, where each scene is a function below. `ODD_TELEMETRY_LEVEL` is its level, `ODD_WINDOW` its batch
//! window in milliseconds, `ODD_RECORDING=queued` how it records. In the file that `ODD_REPORT` names, each call has a line with its
//! number, written when it has returned: whatever ends the program, what stands there was recorded.
#![allow(
    unsafe_code,
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a program that does what programs do, and is to die; what the C library has, the standard library does not"
)]

mod allocator;
mod forks;

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Barrier, OnceLock};
use std::time::Duration;

use telemetry_runtime::{Builder, Development, Guard, Recording, Telemetry, app, record, sink, tracked};

#[global_allocator]
static ALLOCATOR: allocator::Odd = allocator::Odd;

static NEXT: AtomicU32 = AtomicU32::new(0);
static REPORT: OnceLock<File> = OnceLock::new();
static IS_ENDING: AtomicBool = AtomicBool::new(false);

#[tracked(fields(number = number))]
fn work(number: u64) {
    record!(rows = 3);
}

#[tracked(fields(number = number))]
fn around(number: u64, inner: impl FnOnce()) {
    inner();
}

/// A number that no other call of this process, its parents or its children has.
fn next() -> u64 {
    u64::from(std::process::id()) << 32 | u64::from(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Says that a call has returned, without a lock and without memory.
fn returned(number: u64) {
    let (mut digits, mut at, mut rest) = ([b'\n'; 21], 20, number);
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    // Where the end has begun, nothing begins any more that is recorded.
    if let Some(mut report) = REPORT.get().filter(|_| !IS_ENDING.load(Ordering::SeqCst)) {
        drop(report.write_all(&digits[at..]));
    }
}

fn call() {
    let number = next();
    work(number);
    returned(number);
}

fn call_around(inner: impl FnOnce()) {
    let number = next();
    around(number, inner);
    returned(number);
}

/// A call that may come where nothing is recorded.
fn call_in_vain() {
    work(next());
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn telemetry() -> Builder<'static> {
    let mut arguments = std::env::args().skip(1);
    let (endpoint, state_dir) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    Telemetry::builder(app!("odd"))
        .env_prefix("ODD")
        .development(Development::Send)
        .state_dir(state_dir)
        .batch_window(variable("ODD_WINDOW").map_or(Duration::from_secs(3600), Duration::from_millis))
        .recording(match std::env::var("ODD_RECORDING").as_deref() {
            Ok("queued") => Recording::Queued,
            _ => Recording::Direct,
        })
        .sink(sink::Json::new(endpoint))
}

fn main() -> ExitCode {
    if let Some(report) = std::env::var_os("ODD_REPORT") {
        drop(REPORT.set(OpenOptions::new().create(true).append(true).open(report).unwrap()));
    }
    // Made before any thread is there.
    LAST.with(|_| ());
    let scene = std::env::args().nth(3).unwrap_or_default();
    match scene.as_str() {
        "deliver" => drop(telemetry().start().flush(Duration::from_secs(60))),
        "allocator" => allocator::tracked(),
        "allocator_panics" => allocator::panics(),
        "allocator_locks" => allocator::locks(),
        "allocator_metered" => allocator::metered(),
        "deliver_metered" => allocator::deliver(),
        "hook_before" => hooks(true),
        "hook_after" => hooks(false),
        "destructors" => destructors(false),
        "destructors_exit" => destructors(true),
        "signals" => signals(),
        "blocked" => blocked(),
        "outside" => outside(false),
        "outside_exit" => outside(true),
        "unwinding" => unwinding(),
        "start_in_panic" => start_in_panic(),
        "two_starts" => two_starts(),
        "elsewhere" => elsewhere(),
        "forget" => forget(),
        "exit" => others_record(|| {
            IS_ENDING.store(true, Ordering::SeqCst);
            std::process::exit(7);
        }),
        "kill" => others_record(|| {
            // SAFETY: it ends the process.
            unsafe { libc::raise(libc::SIGKILL) };
        }),
        "threads" => threads(),
        "slow" => slow(),
        "fork" => return forks::storm(),
        "deep" => return forks::deep(40, |_| true),
        "gaps" => return forks::gaps(),
        "inherited" => return forks::inherited(),
        "daemon" => return forks::daemon(),
        "mute_daemon" => return forks::mute_daemon(),
        "commands" => forks::commands(),
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}

/// A hook of the program's own that records, and a panic on each of two threads.
fn hooks(before: bool) {
    let set = || {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            call();
            call_around(|| previous(panic));
        }));
    };
    if before {
        set();
    }
    let _telemetry = telemetry().start();
    if !before {
        set();
    }
    call_around(|| {
        drop(catch_unwind(|| call_around(|| panic!("as asked"))));
        drop(std::thread::Builder::new().name("other".into()).spawn(|| panic!("as asked")).unwrap().join());
    });
    println!("hooks");
}

/// Does something when its thread ends.
struct AtEnd(Cell<fn()>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.get()();
    }
}

thread_local! {
    // Destroyed last on the main thread, for it is made first …
    static LAST: AtEnd = const { AtEnd(Cell::new(|| ())) };
    // … and first on any, for it is made last.
    static FIRST: AtEnd = const { AtEnd(Cell::new(|| ())) };
}

fn destructors(exits: bool) {
    let telemetry = telemetry().start();
    for _ in 0..4 {
        let thread = std::thread::spawn(|| {
            LAST.with(|last| last.0.set(call));
            call();
            FIRST.with(|first| first.0.set(call));
        });
        thread.join().unwrap();
    }
    call();
    println!("destructors");
    if exits {
        // The guard lives, so what the destructors of this thread record is recorded.
        LAST.with(|last| last.0.set(call));
        FIRST.with(|first| first.0.set(call));
        std::process::exit(4);
    }
    LAST.with(|last| last.0.set(call_in_vain));
    FIRST.with(|first| first.0.set(call_in_vain));
    drop(telemetry);
}

/// A handler that records, a hundred thousand times a second at most, while this thread does the same.
fn signals() {
    extern "C" fn handler(_: i32) {
        call_in_vain();
    }
    fn every(microseconds: libc::suseconds_t) {
        let time = libc::timeval { tv_sec: 0, tv_usec: microseconds };
        let timer = libc::itimerval { it_interval: time, it_value: time };
        // SAFETY: it reads the variable that it is given.
        unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut()) };
    }
    let telemetry = telemetry().start();
    // What calls need that are open together exists from here on: no handler may ask for memory.
    call_around(|| call_around(|| call_around(call)));
    // SAFETY: the handler asks for no memory and takes no lock that its thread may hold.
    unsafe { libc::signal(libc::SIGALRM, handler as extern "C" fn(i32) as libc::sighandler_t) };
    every(50);
    for _ in 0..5_000 {
        call_around(call);
    }
    every(0);
    drop(telemetry);
    println!("signals");
}

/// A program that blocks a signal in all its threads, and has one wait for it.
fn blocked() {
    let _telemetry = telemetry().start();
    call();
    // SAFETY: they are given variables that live longer.
    unsafe {
        let mut set = std::mem::MaybeUninit::uninit();
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGTERM);
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut());
        libc::kill(libc::getpid(), libc::SIGTERM);
        let mut signal = 0;
        libc::sigwait(set.as_ptr(), &raw mut signal);
        println!("got {signal}");
    }
    call();
}

/// Says something without the standard library's buffer, which may be gone.
fn say_late(line: &str) {
    // SAFETY: it reads as many bytes as there are.
    unsafe { libc::write(1, line.as_ptr().cast(), line.len()) };
}

static IS_OUTSIDE: AtomicBool = AtomicBool::new(false);

extern "C" fn at_the_end() {
    if IS_OUTSIDE.load(Ordering::Relaxed) {
        call_in_vain();
        say_late("the end\n");
    }
}

/// A destructor of the program.
#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".fini_array"))]
static AT_THE_END: extern "C" fn() = at_the_end;

/// Before the start, after the end, and in handlers that were registered before and after the start.
fn outside(exits: bool) {
    extern "C" fn before() {
        call_in_vain();
        say_late("before\n");
    }
    extern "C" fn after() {
        // The guard lives where the program exits.
        if IS_OPEN.load(Ordering::Relaxed) {
            call();
        } else {
            call_in_vain();
        }
        say_late("after\n");
    }
    static IS_OPEN: AtomicBool = AtomicBool::new(false);
    IS_OUTSIDE.store(true, Ordering::Relaxed);
    call_in_vain();
    // SAFETY: handlers live as long as the program.
    unsafe { libc::atexit(before) };
    let telemetry = telemetry().start();
    // SAFETY: as above.
    unsafe { libc::atexit(after) };
    call();
    println!("outside");
    if exits {
        IS_OPEN.store(true, Ordering::Relaxed);
        std::process::exit(5);
    }
    drop(telemetry);
    call_in_vain();
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn unwinding() {
    let _telemetry = telemetry().start();
    let panics = || {
        let _calls = OnDrop(call);
        let _panics = OnDrop(|| {
            let inner = catch_unwind(|| {
                let _calls = OnDrop(call);
                call_around(|| panic!("within"));
            });
            println!("{}", inner.is_err());
            call();
        });
        call_around(|| panic!("as asked"));
    };
    println!("{}", catch_unwind(AssertUnwindSafe(|| call_around(panics))).is_err());
    call();
}

fn start_in_panic() {
    let mut guard = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _starts = OnDrop(|| {
            guard = Some(telemetry().start());
            call();
        });
        panic!("as asked");
    }));
    println!("{}", outcome.is_err());
    call();
    drop(catch_unwind(|| call_around(|| panic!("again"))));
    drop(guard);
}

fn two_starts() {
    let both = Barrier::new(2);
    let start = || {
        both.wait();
        telemetry().start()
    };
    let guards: Vec<Guard> = std::thread::scope(|scope| {
        let threads = [scope.spawn(start), scope.spawn(start)];
        threads.map(|thread| thread.join().unwrap()).into()
    });
    call();
    // Whoever was second ends nothing.
    let (first, second): (Vec<_>, Vec<_>) = guards.into_iter().partition(|guard| guard.status().problems().is_empty());
    println!("{}", second.len());
    drop(second);
    drop(telemetry().start());
    call();
    drop(first);
    drop(telemetry().start());
    call_in_vain();
}

/// The guard ends on another thread, while a call is open here.
fn elsewhere() {
    let telemetry = telemetry().start();
    call();
    call_around(|| {
        call_around(|| std::thread::spawn(move || drop(telemetry)).join().unwrap());
        call_in_vain();
    });
    println!("elsewhere");
}

fn forget() {
    std::mem::forget(telemetry().start());
    call_around(call);
    println!("forget");
}

/// Four threads record, until one of them has seen enough of it.
fn others_record(end: impl FnOnce()) {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let _telemetry = telemetry().start();
    println!("others");
    for _ in 0..4 {
        std::thread::spawn(|| {
            loop {
                call_around(call);
                CALLS.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while CALLS.load(Ordering::Relaxed) < 400 {
        std::thread::yield_now();
    }
    end();
}

fn threads() {
    let _telemetry = telemetry().start();
    for _ in 0..100 {
        let threads: Vec<_> = (0..100).map(|_| std::thread::spawn(call)).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
    println!("threads");
}

/// Eight calls, whatever they cost; then what is said of how they were recorded, and an end when somebody says so.
fn slow() {
    let telemetry = telemetry().start();
    (0..8).for_each(|_| call());
    println!("{}", telemetry.status());
    drop(std::io::stdin().read(&mut [0]));
}
