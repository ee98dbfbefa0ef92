//! What is not delivered is refused, lost or pending, and is said to be.

use std::collections::BTreeMap;

use telemetry_tests::{Receiver, Reply};

use crate::balance::{self, Books};
use crate::victim::{Bench, NOBODY};

#[test]
fn what_is_refused_is_counted() {
    let bench = Bench::new();
    let receiver = Receiver::scripted([Reply::Without("rows")]);
    let ran = bench.run(&receiver.url(), "nested work fail work deliver status");
    let (delivered, rejected) = (balance::batches(&receiver), ran.count("rejected"));
    assert_eq!(rejected, 2, "{}", ran.stdout);
    Books { rejected, ..Books::new(ran.reported(), &delivered) }.balance();
    assert!(bench.drain().is_empty());
}

/// A hundred bytes an event and two events a call, these are more than 10 MiB.
const MANY: usize = 900;

/// P7, P11: nobody delivers, and more is recorded than there may be on disk.
#[test]
fn what_finds_no_room_is_counted() {
    let bench = Bench::new();
    let words = format!("{}status", "many ".repeat(MANY));
    let ran = bench.run(NOBODY, &words);
    let files = std::fs::read_dir(bench.spool()).unwrap();
    let bytes: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes <= 10 << 20, "{bytes} bytes");
    let (delivered, lost) = (bench.drain(), ran.count("lost"));
    assert!(lost > 0 && ran.reported().len() == MANY * 64, "{lost} lost");
    Books { lost, ..Books::new(ran.reported(), &delivered) }.balance();
}

/// P11: what was told of losses in a part of the spool that had to be given up itself is told all the same, by the same id.
#[test]
fn losses_are_told_though_the_room_is_taken() {
    let bench = Bench::new();
    let many = "many ".repeat(MANY);
    let first = bench.run(NOBODY, &format!("{many}status"));
    let second = bench.run(NOBODY, &format!("{}status", format!("{many}deliver ").repeat(3)));
    let lost = first.count("lost") + second.count("lost");
    assert!(second.stdout.contains("lost: evicted") && first.count("lost") > 0, "{}", second.stdout);
    let receiver = Receiver::start();
    let mut requests = None;
    // A busy machine may need more than the minute of one run.
    while requests != Some(receiver.requests().len()) {
        requests = Some(receiver.requests().len());
        bench.run(&receiver.url(), "deliver");
    }
    let told = receiver.accepted().into_iter().filter(|event| event["kind"] == "loss");
    let told: BTreeMap<String, u64> =
        told.map(|event| (event["id"].to_string(), event["events"].as_u64().unwrap())).collect();
    assert_eq!(told.values().sum::<u64>(), lost as u64, "{told:?}");
}

/// A receiver that goes down after the first batch, and comes back for the next run.
#[test]
fn what_is_not_delivered_is_pending() {
    // Of 40 times `many`: more than goes in one.
    const CALLS: usize = 40 * 64;
    let bench = Bench::new();
    let receiver = Receiver::scripted([Reply::Status(200), Reply::Status(503)]);
    let ran = bench.run(&receiver.url(), &format!("{}deliver status", "many ".repeat(40)));
    let (mut delivered, pending) = (balance::batches(&receiver), bench.pending());
    let first = delivered.iter().map(|batch| batch.events.len()).sum::<usize>();
    assert_eq!((ran.count("delivered"), ran.count("pending")), (first, 2 * CALLS - first), "{}", ran.stdout);
    assert!((1..2 * CALLS).contains(&first));
    Books { pending: &pending, ..Books::new(ran.reported(), &delivered) }.balance();
    delivered.extend(bench.drain());
    Books::new(ran.reported(), &delivered).balance();
}

/// A run says of its calls that never returned that they were abandoned; whoever says so says it by the same id.
#[test]
fn a_call_whose_process_died_is_abandoned() {
    let bench = Bench::new();
    let reported = bench.start(NOBODY, "work nested stuck", "stuck").kill();
    let (again, delivered) = (bench.copy().drain(), bench.drain());
    Books::new(reported, &delivered).balance();
    let [one, other] = [&delivered, &again].map(|batches| {
        let abandoned = batches.iter().flat_map(|batch| &batch.events).filter(|sent| sent.is_abandoned());
        abandoned.collect::<Vec<_>>()
    });
    let mut events = delivered.iter().flat_map(|batch| &batch.events);
    let start = events.find(|sent| sent.number == Some(4)).unwrap();
    assert!(one.len() == 1 && one[0].is_of_call_of(start), "{one:?}");
    assert_eq!(one, other);
}
