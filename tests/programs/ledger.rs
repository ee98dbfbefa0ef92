//! The ledger has what was really sent.

use crate::machine::{Machine, Run, everything_under};
use crate::receiver::{Answer, Receiver, split};

/// The bodies in a ledger, as they stand there.
fn bodies(ledger: &[u8]) -> Vec<Vec<u8>> {
    let lines = ledger.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let body = |line: &[u8]| {
        let begin = line.windows(8).position(|window| window == b",\"body\":")? + 8;
        Some(line[begin..line.len() - 1].to_vec())
    };
    lines.filter_map(body).collect()
}

/// Promise of the user's own copy: every byte that a receiver got is in the ledger, request by request, and nothing else is.
#[test]
fn it_is_what_the_receiver_got_byte_for_byte() {
    let machine = Machine::new();
    machine.write([("data/a.csv", "id,name\n1,Ada\n2\n"), ("data/b.json", "[{\"id\": 1}]")]);
    let receiver = Receiver::start(|_| Answer::Accept);
    for arguments in ["sync data out", "tables data", "sync nowhere out", "sync data out --panic-after 1"] {
        let mut command = machine.quickstart(arguments.split_whitespace());
        let run = Run::of(command.env("QUICKSTART_ENDPOINT", receiver.url()));
        assert!(run.code.is_some(), "{run:?}");
    }
    let sent: Vec<Vec<u8>> = receiver.stop().iter().map(|request| split(request).unwrap().1.to_vec()).collect();
    assert!(sent.len() >= 4, "each run sends what it recorded: {}", sent.len());
    let ledgers = everything_under(machine.home()).into_iter().filter(|(path, _)| path.ends_with("ledger"));
    let [(_, ledger)] = ledgers.collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(bodies(&ledger), sent);
}
