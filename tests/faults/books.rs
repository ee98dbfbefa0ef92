//! What is not delivered is refused, lost or pending, and is said to be.

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

/// P7, P11: nobody delivers, and more is recorded than there may be on disk.
#[test]
fn what_finds_no_room_is_counted() {
    let bench = Bench::new();
    let words = format!("{}status", "many ".repeat(500));
    let ran = bench.run(NOBODY, &words);
    let (delivered, lost) = (bench.drain(), ran.count("lost"));
    assert!(lost > 0 && ran.reported().len() == 500 * 64, "{lost} lost");
    Books { lost, ..Books::new(ran.reported(), &delivered) }.balance();
}

/// A receiver that goes down after the first batch, and comes back for the next run.
#[test]
fn what_is_not_delivered_is_pending() {
    let bench = Bench::new();
    let receiver = Receiver::scripted([Reply::Status(200), Reply::Status(503)]);
    let ran = bench.run(&receiver.url(), "many many many many deliver status");
    let (mut delivered, pending) = (balance::batches(&receiver), bench.pending());
    assert_eq!((ran.count("delivered"), ran.count("pending")), (100, 2 * 256 - 100), "{}", ran.stdout);
    Books { pending: &pending, ..Books::new(ran.reported(), &delivered) }.balance();
    delivered.extend(bench.drain());
    Books::new(ran.reported(), &delivered).balance();
}

/// A run says of its calls that never returned that they were abandoned; whoever says so says it by the same id.
#[test]
#[ignore = "nobody tells how the calls of a dead process ended"]
fn a_call_whose_process_died_is_abandoned() {
    let bench = Bench::new();
    let reported = bench.start(NOBODY, "work nested stuck", "stuck").kill();
    let (again, delivered) = (bench.copy().drain(), bench.drain());
    Books::new(reported, &delivered).balance();
    let [one, other] = [&delivered, &again].map(|batches| {
        let abandoned = batches.iter().flat_map(|batch| &batch.events).filter(|sent| sent.is_abandoned());
        abandoned.collect::<Vec<_>>()
    });
    assert_eq!((one.len(), one[0].number), (1, Some(4)));
    assert_eq!(one, other);
}
