//! What of the program arrives.

use loopback::{Machine, event};

const COPIES: &str = env!("CARGO_BIN_EXE_copies");

#[test]
fn calls_across_awaits_and_tasks_arrive() {
    let machine = Machine::new("COPIES");
    for (name, text) in [("a", "123"), ("b", "45678")] {
        std::fs::write(machine.home().join(name), text).unwrap();
    }
    let run = || machine.run(COPIES, &["a", "b"]);
    assert!(run().status.success());
    assert_eq!(std::fs::read_to_string(machine.home().join("b.copy")).unwrap(), "45678");

    let events = machine.events_of_first_run(6, || drop(run()));
    assert_eq!(events.len(), 6, "{events:#?}");
    let all = event(&events, "Copy All Finished");
    assert_eq!(
        (&all["outcome"], &all["fields"]["files"], &all["fields"]["bytes"]),
        (&"ok".into(), &2.into(), &8.into())
    );
    let copies: Vec<_> = events.iter().filter(|event| event["event"] == "Copy Finished").collect();
    // A task that is spawned begins anew.
    assert!(copies.len() == 2 && copies.iter().all(|copy| copy["parent_call_id"].is_null()), "{copies:#?}");
}

#[test]
fn an_error_behind_a_question_mark_is_one() {
    let machine = Machine::new("COPIES");
    let run = || machine.run(COPIES, &["nothing"]);
    assert!(!run().status.success());
    let events = machine.events_of_first_run(4, || drop(run()));
    assert_eq!(event(&events, "Copy Finished")["outcome"], "error");
    assert_eq!(event(&events, "Copy All Finished")["outcome"], "error");
}
