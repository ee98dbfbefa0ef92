//! Forks: no child hangs, all that parents and children record arrives, and a call ends in the process that it began in.

use crate::scene::{Scene, finish};

/// The parent's other threads record and its worker sends, every millisecond, whatever happens to be locked at the fork.
#[test]
fn three_hundred_children_of_a_busy_parent() {
    three_hundred("direct");
}

#[test]
fn three_hundred_children_of_a_busy_parent_that_queues() {
    three_hundred("queued");
}

fn three_hundred(recording: &str) {
    let scene = Scene::new("fork").with("ODD_WINDOW", "1").with("ODD_RECORDING", recording);
    assert_eq!(scene.play().stdout, "300 as they should\n");
    let books = scene.check();
    assert_eq!(books.runs(), 301);
    assert_eq!(books.ended("Work Finished", "abandoned"), 0);
    assert_eq!(books.ended("Around Finished", "abandoned"), 0, "the parent ended its calls");
}

/// Beyond 32 forks in a row, nothing is recorded, and nothing else happens.
#[test]
fn children_of_children_record_as_well() {
    let scene = Scene::new("deep").with("ODD_WINDOW", "1");
    scene.play();
    assert_eq!(scene.check().runs(), 32);
}

/// A number that stands for an open call of one process stands for no other in those below it.
#[test]
fn a_call_is_ended_by_no_process_below_its_own() {
    let scene = Scene::new("gaps");
    scene.play();
    let books = scene.check();
    assert_eq!(books.ended("Around Finished", "ok"), 1);
    assert_eq!(books.ended("Work Finished", "ok"), 2);
    assert_eq!((books.ended("Stay Open Finished", "abandoned"), books.ended("Stay Open Finished", "ok")), (1, 0));
}

#[test]
fn a_child_may_drop_the_guard_that_is_its_parents() {
    let scene = Scene::new("inherited");
    assert_eq!(scene.play().stdout, "0\n0\n");
    let books = scene.check();
    assert_eq!((books.ended("Work Finished", "ok"), books.runs()), (5, 3));
}

#[test]
fn a_child_may_outlive_its_parent() {
    let scene = Scene::new("daemon").with("ODD_WINDOW", "1");
    scene.play();
    assert_eq!(scene.check().runs(), 2);
}

/// A child that records nothing does not hold back what its parent recorded.
#[test]
fn a_child_that_stays_holds_nothing_of_its_parents() {
    let scene = Scene::new("mute_daemon");
    let mut child = scene.command("all", "mute_daemon", &[]).spawn().unwrap();
    assert!(child.wait().unwrap().success());
    // The child's child lives: it waits for the end of its input.
    assert_eq!(scene.check().ended("Work Finished", "ok"), 2);
    assert_eq!(finish(child).stdout, b"daemon\n");
}

#[test]
fn programs_may_be_started_by_a_busy_one() {
    let scene = Scene::new("commands").with("ODD_WINDOW", "1");
    assert_eq!(scene.play().stdout, "100\n");
    let books = scene.check();
    assert_eq!((books.runs(), books.again), (1, 0));
}
