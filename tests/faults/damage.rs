//! Damaged spools: what is damaged costs itself, and is counted.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use telemetry_tests::{Random, Receiver};

use crate::balance::{self, Batch, Books};
use crate::needs;
use crate::victim::{Bench, NOBODY};

/// A small spool, as dead processes left it.
struct Spool {
    bytes: Vec<u8>,
    reported: Vec<u64>,
    /// The events, as they are delivered when nothing is damaged.
    ids: BTreeSet<String>,
}

impl Spool {
    /// The spool of a run that starts counting here.
    fn new(first: u64) -> Self {
        let bench = Bench::new();
        let reported = bench.run(NOBODY, &format!("first={first} work nested fail")).reported();
        let bytes = fs::read(bench.slot(0)).unwrap();
        let delivered = bench.drain();
        Books::new(reported.clone(), &delivered).balance();
        Self { bytes, reported, ids: ids(&delivered) }
    }
}

/// What was recorded of the events. Of a call whose end is damaged it may be said that it was abandoned.
fn ids(batches: &[Batch]) -> BTreeSet<String> {
    let events = batches.iter().flat_map(|batch| &batch.events).filter(|sent| !sent.is_abandoned());
    events.map(|sent| sent.id.clone()).collect()
}

/// Puts these bytes where a dead process would have left them, and says what a run delivers of them, after which nothing is left,
/// and what it said of losses.
fn deliver(bytes: &[u8]) -> (Vec<Batch>, u64) {
    let bench = Bench::new();
    fs::create_dir_all(bench.spool()).unwrap();
    fs::write(bench.slot(0), bytes).unwrap();
    let receiver = Receiver::start();
    let ran = bench.run(&receiver.url(), "deliver status");
    assert_eq!((ran.status.code(), ran.stderr.as_str()), (Some(0), ""));
    let damaged = ran.stdout.split("; ").find_map(|said| said.split_once(" lost: damaged"));
    let damaged = damaged.map_or(0, |(count, _)| count.parse().unwrap());
    let delivered = balance::batches(&receiver);
    assert!(bench.drain().is_empty(), "it is delivered once");
    (delivered, damaged)
}

/// That at most this many of the spool's events are missing, that nothing else came in their place, and that they are counted.
fn costs(spool: &Spool, bytes: &[u8], most: usize, what: &str) {
    let (delivered, damaged) = deliver(bytes);
    let found = ids(&delivered);
    assert!(found.is_subset(&spool.ids), "{what}: events out of nothing");
    let lost = spool.ids.len() - found.len();
    assert!(lost <= most, "{what}: {lost} events lost");
    assert!(lost == 0 || damaged > 0, "{what}: {lost} events lost, and none counted");
    if lost > 0 {
        return;
    }
    Books::new(spool.reported.clone(), &delivered).balance();
}

/// Does something with each number below the end, four at once.
fn each(end: usize, what: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed))
                    .take_while(|at| *at < end)
                    .for_each(&what);
            });
        }
    });
}

/// P8
#[test]
fn every_byte_flipped() {
    let spool = Spool::new(0);
    each(spool.bytes.len(), |at| {
        let mut bytes = spool.bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        costs(&spool, &bytes, 1, &format!("byte {at}"));
    });
}

/// P8: what was not cut off is delivered, and at most one event is torn.
#[test]
fn every_length() {
    let spool = Spool::new(0);
    let last = AtomicUsize::new(0);
    let counts: Vec<_> = (0..=spool.bytes.len()).map(|_| AtomicUsize::new(0)).collect();
    each(spool.bytes.len() + 1, |length| {
        let (delivered, damaged) = deliver(&spool.bytes[..length]);
        let found = ids(&delivered);
        assert!(found.is_subset(&spool.ids) && damaged <= 1, "{length}: {damaged} damaged");
        counts[length].store(found.len(), Ordering::Relaxed);
        last.fetch_max(found.len(), Ordering::Relaxed);
    });
    let counts: Vec<_> = counts.into_iter().map(AtomicUsize::into_inner).collect();
    assert_eq!((counts.first(), counts.last()), (Some(&0), Some(&spool.ids.len())));
    assert!(counts.is_sorted() && counts.windows(2).all(|pair| pair[1] - pair[0] <= 1), "{counts:?}");
}

/// What a file system may leave of a write that a power cut interrupted.
#[test]
fn zeros_at_the_end() {
    let spool = Spool::new(0);
    let step = 7;
    each(spool.bytes.len() / step, |at| {
        let mut bytes = spool.bytes.clone();
        let cut = bytes.len() - at * step;
        // What is zero already cannot be told from what was lost.
        let kept = cut + bytes[cut..].iter().take_while(|byte| **byte == 0).count();
        let (all, cut) = (ids(&deliver(&bytes[..kept]).0), &mut bytes[kept..]);
        cut.fill(0);
        assert_eq!(ids(&deliver(&bytes).0), all, "zeros from {kept} on");
    });
    for zeros in [1, 2, 9, 10, 11, 19, 20, 4096, 65_535, 65_536, 65_537, 1 << 20] {
        costs(&spool, &[spool.bytes.as_slice(), &vec![0; zeros]].concat(), 0, &format!("{zeros} zeros"));
        costs(&spool, &[&vec![0; zeros], spool.bytes.as_slice()].concat(), 0, &format!("{zeros} zeros before"));
    }
}

/// Garbage between any two bytes, some of which looks like a record's beginning.
#[test]
fn garbage_in_between() {
    let seed = needs::seed();
    let spool = Spool::new(0);
    each(spool.bytes.len(), |at| {
        let mut random = Random::new(seed ^ at as u64);
        let length = usize::try_from(random.below(64)).unwrap() + 1;
        let mut garbage: Vec<u8> = (0..length).map(|_| random.next().to_le_bytes()[0]).collect();
        if random.below(2) == 0 {
            // The first bytes of a record, whose length is anything.
            let begin = spool.bytes.len().min(2);
            garbage.splice(0..0, spool.bytes[..begin].iter().copied());
        }
        let bytes = [&spool.bytes[..at], &garbage, &spool.bytes[at..]].concat();
        costs(&spool, &bytes, 1, &format!("{garbage:x?} at {at}"));
    });
}

/// Two spools in one file, and one twice.
#[test]
fn spools_one_behind_the_other() {
    let (first, second) = (Spool::new(0), Spool::new(100));
    let (delivered, damaged) = deliver(&[first.bytes.as_slice(), &second.bytes].concat());
    assert_eq!(damaged, 0);
    let reported = first.reported.iter().chain(&second.reported).copied().collect();
    Books::new(reported, &delivered).balance();
    let (delivered, _) = deliver(&[first.bytes.as_slice(), &first.bytes, &second.bytes[..40], &first.bytes].concat());
    assert_eq!(ids(&delivered), first.ids);
}

/// A record that a later version of the program may have written: sound, and of a kind that nobody knows here.
#[test]
fn a_record_of_a_later_version() {
    let spool = Spool::new(0);
    for (kind, length) in [(0xEE, 0), (0xEE, 1), (0x7F, 300), (0, 10), (0xFF, 70_000)] {
        let payload: Vec<u8> = std::iter::once(kind).chain(std::iter::repeat_n(7, length)).collect();
        let size = u32::try_from(payload.len()).unwrap().to_le_bytes();
        let checked = [size.as_slice(), &payload].concat();
        let record = [&spool.bytes[..2], &size, &crc32(&checked).to_le_bytes(), &payload].concat();
        for bytes in [
            [record.as_slice(), &spool.bytes, &record].concat(),
            [&spool.bytes, record.as_slice(), &spool.bytes].concat(),
        ] {
            assert_eq!(ids(&deliver(&bytes).0), spool.ids, "a record of kind {kind} with {length} bytes");
        }
    }
    // It is indeed a record: the spool's first one has the same check.
    let payload = usize::try_from(u32::from_le_bytes(spool.bytes[2..6].try_into().unwrap())).unwrap();
    let checked = [&spool.bytes[2..6], &spool.bytes[10..10 + payload]].concat();
    assert_eq!(crc32(&checked).to_le_bytes(), spool.bytes[6..10]);
}

fn crc32(bytes: &[u8]) -> u32 {
    let shift = |crc: u32| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| shift(crc)))
}

/// A file of nothing but garbage, however large, keeps nobody from delivering what is in the others.
#[test]
fn nothing_but_garbage() {
    let mut random = Random::new(needs::seed());
    let bench = Bench::new();
    let reported = bench.run(NOBODY, "work nested").reported();
    fs::rename(bench.slot(0), bench.slot(9)).unwrap();
    for (slot, length) in [0, 1, 100, 65_536, 1 << 20, 5 << 20, 7 << 20, 20 << 20].into_iter().enumerate() {
        let garbage: Vec<u8> = (0..=length / 8).flat_map(|_| random.next().to_le_bytes()).take(length).collect();
        fs::write(bench.slot(u32::try_from(slot).unwrap()), garbage).unwrap();
    }
    Books::new(reported, &bench.drain()).balance();
}
