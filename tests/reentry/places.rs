//! Allocators, hooks, destructors, handlers, and ends of all kinds.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;

use crate::scene::{Ended, Scene, finish};

#[test]
fn a_global_allocator_may_be_tracked() {
    let books = Scene::new("allocator").run();
    assert!(books.ended("Allocate Finished", "ok") > 100 && books.ended("Free Finished", "ok") > 100);
    assert_eq!(books.ended("Work Finished", "ok"), 20);
}

#[test]
fn a_global_allocator_may_panic_in_a_tracked_function() {
    let books = Scene::new("allocator_panics").run();
    assert_eq!((books.ended("Panic In Allocator Finished", "panicked"), books.panics), (3, 3));
}

/// As long as it does not wait for itself where nothing is recorded, it does not where something is.
#[test]
fn a_global_allocator_may_hold_a_lock() {
    let books = Scene::new("allocator_locks").run();
    assert_eq!(books.ended("Work Finished", "ok"), 80);
}

/// What it counts adds up, in a forked child as well, and it waits for nobody.
#[test]
fn a_global_allocator_may_be_metered() {
    let scene = Scene::new("allocator_metered");
    let ended = Ended::of(finish(scene.command("none", "allocator_metered", &[]).spawn().unwrap()));
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    let counted: Vec<u64> = ended.stdout.lines().map(|line| line.parse().unwrap()).collect();
    assert!(counted.len() == 2 && counted.iter().all(|rows| *rows > 100), "{counted:?}");
    let mut reported = 0;
    for _ in 0..8 {
        finish(scene.command("none", "deliver_metered", &[]).spawn().unwrap());
        let requests = scene.receiver.requests();
        let reports: BTreeMap<_, _> =
            requests.iter().map(|request| (request.body["request_id"].to_string(), &request.body)).collect();
        reported = reports.values().map(|report| report["resource_count"].as_u64().unwrap()).sum();
        if reported == counted.iter().sum::<u64>() {
            return;
        }
    }
    panic!("of {counted:?} rows, {reported} were reported");
}

#[test]
fn a_hook_may_be_tracked_that_was_there_before_the_start() {
    let books = Scene::new("hook_before").run();
    // In each of two panics: one beside the hook that was before, and one around it. Around all, one, and one that panicked.
    let around = ["ok", "panicked"].map(|outcome| books.ended("Around Finished", outcome));
    assert_eq!((books.ended("Work Finished", "ok"), around, books.panics), (2, [3, 1], 2));
}

#[test]
fn a_hook_may_be_tracked_that_came_after_the_start() {
    let books = Scene::new("hook_after").run();
    let around = ["ok", "panicked"].map(|outcome| books.ended("Around Finished", outcome));
    assert_eq!((books.ended("Work Finished", "ok"), around, books.panics), (2, [3, 1], 2));
}

#[test]
fn destructors_of_threads_may_be_tracked() {
    assert_eq!(Scene::new("destructors").run().ended("Work Finished", "ok"), 4 + 8 + 1);
}

#[test]
fn destructors_of_the_main_thread_may_be_tracked_where_the_program_exits() {
    let scene = Scene::new("destructors_exit");
    assert_eq!(scene.play().status.code(), Some(4));
    assert_eq!(scene.check().ended("Work Finished", "ok"), 4 + 8 + 1 + 2);
}

/// A handler that interrupts us is not recorded; one that interrupts the program is.
#[test]
fn handlers_of_signals_may_be_tracked() {
    let books = Scene::new("signals").run();
    assert!(books.ended("Around Finished", "ok") == 5_003);
    assert!(books.ended("Work Finished", "ok") > 5_001, "{}", books.ended("Work Finished", "ok"));
}

/// No signal is taken, or died of, on a thread that the program does not know of.
#[test]
fn a_signal_is_the_programs_own() {
    let scene = Scene::new("blocked");
    assert_eq!(scene.play().stdout, "got 15\n");
    assert_eq!(scene.check().ended("Work Finished", "ok"), 2);
}

#[test]
fn before_the_start_and_after_the_end_nothing_is_recorded() {
    let scene = Scene::new("outside");
    assert_eq!(scene.play().stdout, "outside\nafter\nbefore\nthe end\n");
    assert_eq!(scene.check().ended("Work Finished", "ok"), 1);
}

/// The guard lives until its own handler ends it.
#[test]
fn a_handler_of_the_exit_is_recorded_if_it_runs_before_the_end() {
    let scene = Scene::new("outside_exit");
    assert_eq!(scene.play().stdout, "outside\nafter\nbefore\nthe end\n");
    assert_eq!(scene.check().ended("Work Finished", "ok"), 2);
}

#[test]
fn a_panic_within_an_unwinding_is_a_panic_like_others() {
    let scene = Scene::new("unwinding");
    assert_eq!(scene.play().stdout, "true\ntrue\n");
    let books = scene.check();
    assert_eq!((books.ended("Work Finished", "ok"), books.panics), (4, 2));
    let around = ["ok", "panicked"].map(|outcome| books.ended("Around Finished", outcome));
    // What began while a panic was unwinding cannot be told to have been ended by another.
    assert_eq!(around, [1, 2]);
}

#[test]
fn telemetry_may_start_in_a_panic() {
    let books = Scene::new("start_in_panic").run();
    assert_eq!((books.ended("Work Finished", "ok"), books.ended("Around Finished", "panicked")), (2, 1));
}

#[test]
fn who_starts_second_ends_nothing() {
    let scene = Scene::new("two_starts");
    let ended = scene.command("all", "two_starts", &[]).output().unwrap();
    assert_eq!(
        (ended.status.code(), ended.stdout.as_slice(), ended.stderr.as_slice()),
        (Some(0), b"1\n".as_slice(), b"".as_slice())
    );
    assert_eq!(scene.check().ended("Work Finished", "ok"), 2);
}

/// A call that is open at the end has its outcome, also where it would go by way of the worker, which is gone.
#[test]
fn the_guard_may_end_on_another_thread_while_calls_are_open() {
    for recording in ["direct", "queued"] {
        let books = Scene::new("elsewhere").with("ODD_RECORDING", recording).run();
        assert_eq!(books.ended("Around Finished", "ok"), 2, "{recording}");
        assert_eq!(books.ended("Work Finished", "ok"), 1, "{recording}");
    }
}

#[test]
fn the_guard_may_be_forgotten() {
    for recording in ["direct", "queued"] {
        let books = Scene::new("forget").with("ODD_RECORDING", recording).run();
        assert_eq!((books.ended("Work Finished", "ok"), books.ended("Around Finished", "ok")), (1, 1), "{recording}");
    }
}

#[test]
fn the_program_may_exit_while_others_record() {
    for _ in 0..5 {
        let scene = Scene::new("exit");
        assert_eq!(scene.play().status.code(), Some(7));
        assert!(scene.check().ended("Work Finished", "ok") >= 400);
    }
}

#[test]
fn the_program_may_die_while_others_record() {
    for _ in 0..5 {
        let scene = Scene::new("kill");
        assert_eq!(scene.play().status.signal(), Some(9));
        assert!(scene.check().ended("Work Finished", "ok") >= 400);
    }
}

#[test]
fn ten_thousand_threads_may_record() {
    let scene = Scene::new("threads");
    let books = scene.run();
    assert_eq!(books.ended("Work Finished", "ok"), 10_000);
    // The program may have ended before it read what was answered to one request.
    let requests = scene.receiver.requests();
    let most = requests.iter().filter_map(|request| request.body["events"].as_array()).map(Vec::len).max();
    assert!(Some(books.again) <= most, "{} came again, and one request held {most:?}", books.again);
}
