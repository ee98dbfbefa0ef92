//! Forks, from a process whose other threads are in the middle of something.

use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::{call, call_around, call_in_vain, telemetry};

fn fork() -> i32 {
    // SAFETY: what a child of many threads may not touch is what is tested here.
    unsafe { libc::fork() }
}

fn wait_for(child: i32) -> i32 {
    let mut status = 0;
    // SAFETY: it writes to the variable that it is given.
    unsafe { libc::waitpid(child, &raw mut status, 0) };
    status
}

static IS_OVER: AtomicBool = AtomicBool::new(false);

/// So many calls round calls the spool has room for, where nothing is sent because the machine does something else.
static ROOM: AtomicU32 = AtomicU32::new(8_000);

/// Four threads that record until it is over, as long as the spool has room.
fn others() -> Vec<JoinHandle<()>> {
    let record = || {
        let has_room = || ROOM.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(1)).is_ok();
        while !IS_OVER.load(Ordering::Relaxed) {
            if has_room() {
                call_around(call);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    (0..4).map(|_| std::thread::spawn(record)).collect()
}

fn end(others: Vec<JoinHandle<()>>) {
    IS_OVER.store(true, Ordering::Relaxed);
    for other in others {
        drop(other.join());
    }
}

/// Three hundred children, a few at once, each of which records a call and then ends in one of four ways; where events are queued, in
/// one of those two that give us a moment.
pub(crate) fn storm() -> ExitCode {
    let is_queued = std::env::var_os("ODD_RECORDING").is_some_and(|recording| recording == "queued");
    let way = |at: usize| if is_queued { at % 2 } else { at % 4 };
    let telemetry = telemetry().start();
    let others = others();
    let mut statuses = [0; 300];
    let mut children = Vec::new();
    for at in 0..statuses.len() {
        let mut child = 0;
        call_around(|| {
            child = fork();
            if child == 0 {
                call();
            }
        });
        if child == 0 {
            call();
            match way(at) {
                0 => std::process::exit(3),
                1 => return ExitCode::from(3),
                // SAFETY: it ends the process.
                2 => unsafe { libc::_exit(3) },
                _ => {
                    drop(Command::new("/bin/true").exec());
                    return ExitCode::from(9);
                }
            }
        }
        children.push((at, child));
        if children.len() == 6 {
            let (first, child) = children.remove(0);
            statuses[first] = wait_for(child);
        }
    }
    for (at, child) in children {
        statuses[at] = wait_for(child);
    }
    end(others);
    let right = |(at, status): (usize, &i32)| *status == if way(at) == 3 { 0 } else { 3 << 8 };
    println!("{} as they should", statuses.iter().enumerate().filter(|child| right(*child)).count());
    let _ = telemetry.flush(Duration::from_secs(60));
    ExitCode::SUCCESS
}

/// A child of a child, and so on; each records, where `records` says so.
pub(crate) fn deep(depth: usize, records: fn(usize) -> bool) -> ExitCode {
    let _telemetry = telemetry().start();
    let others = others();
    go_down(0, depth, records);
    end(others);
    ExitCode::SUCCESS
}

/// Beyond so many forks in a row nothing is recorded.
const DEPTHS: usize = 32;

fn go_down(at: usize, depth: usize, records: fn(usize) -> bool) {
    if records(at) {
        if at < DEPTHS { call_around(call) } else { call_in_vain() }
    }
    if at == depth {
        return;
    }
    let mut status = 0;
    let mut below = || match fork() {
        0 => {
            go_down(at + 1, depth, records);
            // Another end would be that of the calls that are open here.
            // SAFETY: it ends the process.
            unsafe { libc::_exit(0) }
        }
        child => status = wait_for(child),
    };
    if at < DEPTHS && records(at) {
        call_around(below);
    } else {
        below();
    }
    assert_eq!(status, 0);
}

/// Of four processes, one forked by the other, the second records nothing: the third must not take the first's open call for one of
/// its own.
pub(crate) fn gaps() -> ExitCode {
    let _telemetry = telemetry().start();
    let mut is_below = false;
    call_around(|| {
        if fork() == 0 {
            // The second.
            let third = fork();
            if third != 0 {
                let status = wait_for(third);
                // SAFETY: it ends the process.
                unsafe { libc::_exit(status) };
            }
            is_below = true;
            call();
            // A call is open that was begun here, while the first's ends.
            std::mem::forget(Open::begin());
        } else {
            wait_for(-1);
        }
    });
    if is_below {
        call();
        // SAFETY: it ends the process.
        unsafe { libc::_exit(0) };
    }
    println!("gaps");
    ExitCode::SUCCESS
}

/// A call that stays open until its process ends.
struct Open;

impl Open {
    fn begin() -> std::pin::Pin<Box<dyn Future<Output = ()>>> {
        #[telemetry_runtime::tracked(event = "Stay Open")]
        async fn stay_open() {
            std::future::pending::<()>().await;
        }
        let mut future: std::pin::Pin<Box<dyn Future<Output = ()>>> = Box::pin(stay_open());
        let _ = future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
        future
    }
}

/// A child that drops the guard that it has of its parent, and goes on.
pub(crate) fn inherited() -> ExitCode {
    let telemetry = telemetry().start();
    call();
    match fork() {
        0 => {
            drop(telemetry);
            call();
            return ExitCode::SUCCESS;
        }
        child => println!("{}", wait_for(child)),
    }
    call();
    match fork() {
        0 => {
            call();
            drop(telemetry);
            call_in_vain();
            return ExitCode::SUCCESS;
        }
        child => println!("{}", wait_for(child)),
    }
    call();
    ExitCode::SUCCESS
}

/// A child that records once its parent is gone.
pub(crate) fn daemon() -> ExitCode {
    let _telemetry = telemetry().start();
    let others = others();
    let (mut gone, parent) = std::io::pipe().unwrap();
    call();
    if fork() == 0 {
        drop(parent);
        drop(gone.read_to_end(&mut Vec::new()));
        call();
        return ExitCode::SUCCESS;
    }
    call();
    end(others);
    println!("daemon");
    ExitCode::SUCCESS
}

/// A child that records nothing, and stays until its input ends.
pub(crate) fn mute_daemon() -> ExitCode {
    let _telemetry = telemetry().start();
    call();
    if fork() == 0 {
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        // SAFETY: it ends the process.
        unsafe { libc::_exit(0) };
    }
    call();
    println!("daemon");
    drop(std::io::stdout().flush());
    ExitCode::SUCCESS
}

/// Other programs, as the standard library starts them.
pub(crate) fn commands() {
    let telemetry = telemetry().start();
    let others = others();
    let ended = (0..100).filter(|_| {
        call();
        Command::new("/bin/true").status().is_ok_and(|status| status.success())
    });
    println!("{}", ended.count());
    end(others);
    let _ = telemetry.flush(Duration::from_secs(60));
}
