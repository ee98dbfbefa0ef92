//! What of the server arrives, once a supervisor has ended it.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use loopback::{Machine, event};

const SHOP: &str = env!("CARGO_BIN_EXE_shop");

#[test]
fn calls_counts_errors_and_numbers_arrive() {
    let machine = Machine::new("SHOP");
    let mut server = machine.command(SHOP, &[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let address = url.trim().trim_start_matches("http://");
    let ask = |line: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("GET /").ends_with("10 items"));
    assert!(ask("POST /order/7").ends_with("3 left"));
    assert!(ask("POST /order/7").starts_with("HTTP/1.1 409"));
    assert!(ask("GET /").ends_with("3 items"));
    assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
    assert!(server.wait().unwrap().success());

    machine.receiver.wait_for_events(7);
    let events = machine.receiver.accepted();
    assert_eq!(events.len(), 7, "{events:#?}");
    let counted = events.iter().find(|event| event["kind"] == "aggregate").unwrap();
    assert_eq!((&counted["calls"], &counted["errors"]), (&2.into(), &0.into()), "{counted:#}");
    let orders: Vec<_> = events.iter().filter(|event| event["event"] == "Order Finished").collect();
    let outcomes: Vec<_> = orders.iter().map(|order| &order["outcome"]).collect();
    assert_eq!(outcomes, ["ok", "error"]);
    assert_eq!(orders[0]["fields"]["items"], 7);
    let failed = event(&events, "Sold Out");
    assert_eq!((&failed["kind"], &failed["call_id"]), (&"error".into(), &orders[1]["call_id"]), "{failed:#}");
    let metrics = event(&events, "metrics");
    assert_eq!(metrics["fields"]["items_sold_total"][0]["value"], 7, "{metrics:#}");
    assert!(events.iter().all(|event| event["environment"] == "server"));
}
