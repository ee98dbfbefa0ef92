//! What stands on both sides of the receiver: a relay that counts what the fleet sends, and a sink that counts what the receiver passes on.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fleet::ROLE;

use crate::http::Message;
use crate::records::{self, Record};

/// An event's id, as a number.
fn number(id: &[u8]) -> u128 {
    let digits = id.iter().filter_map(|byte| char::from(*byte).to_digit(16));
    digits.fold(0, |number, digit| number << 4 | u128::from(digit))
}

/// Who sent the last request that an event was in, and what became of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A run, which may be over before it hears of the answer.
    Run,
    /// A drain, which was answered.
    Drain,
    /// Whoever it was was not answered, on purpose.
    Cut,
}

/// What went through the relay.
#[derive(Debug, Default)]
pub struct Relayed {
    /// Requests of runs, and of drains.
    pub requests: [u64; 2],
    /// Bytes of all requests: first lines, headers and bodies, without what TCP adds.
    pub bytes: u64,
    /// … and of their bodies before they were compressed.
    pub plain: u64,
    /// Answers of the receiver, by their status.
    pub answers: BTreeMap<String, u64>,
    /// Answers that were kept from whoever asked, on purpose.
    pub cut: u64,
    /// Events in all requests that were accepted.
    pub events: u64,
    /// Events that came again after a run had sent them that was over by then, after an answer was cut, and after a drain was answered.
    pub again: [u64; 3],
    ways: HashMap<u128, Way>,
}

impl Relayed {
    /// How many different events there were.
    pub fn distinct(&self) -> usize {
        self.ways.len()
    }
}

/// What came out of the receiver.
#[derive(Debug, Default)]
pub struct Received {
    /// Log records.
    pub records: u64,
    /// Different events, by kind and outcome.
    pub kinds: BTreeMap<String, u64>,
    ids: std::collections::HashSet<u128>,
}

impl Received {
    /// How many different events there were.
    pub fn distinct(&self) -> usize {
        self.ids.len()
    }
}

/// Something that is shared with the threads of a server.
#[derive(Debug, Default)]
pub struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    /// What it is now.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Answers each connection on a thread of its own; says where.
pub fn serve(each: impl Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let each = each.clone();
            // Whoever was at the other end is gone.
            std::thread::spawn(move || drop(each(connection)));
        }
    });
    Ok(address)
}

/// Passes requests on to the receiver, and its answers back: all but one of `cuts`, of which the connection is closed instead.
pub fn relay(receiver: SocketAddr, cuts: Shared<u64>, relayed: Shared<Relayed>) -> io::Result<SocketAddr> {
    serve(move |client| {
        client.set_nodelay(true)?;
        let server = TcpStream::connect(receiver)?;
        server.set_nodelay(true)?;
        let (mut asked, mut answered) = (BufReader::new(client), BufReader::new(server));
        while let Some(request) = Message::read(&mut asked)? {
            let server = answered.get_mut();
            server.write_all(request.head.as_bytes())?;
            server.write_all(&request.body)?;
            let Some(answer) = Message::read(&mut answered)? else { return Ok(()) };
            if note(&request, &answer, *cuts.lock(), &mut relayed.lock())? {
                return Ok(());
            }
            let client = asked.get_mut();
            client.write_all(answer.head.as_bytes())?;
            client.write_all(&answer.body)?;
        }
        Ok(())
    })
}

/// Notes a request and its answer; says whether that is to be kept back.
fn note(request: &Message, answer: &Message, cuts: u64, relayed: &mut Relayed) -> io::Result<bool> {
    let plain = request.plain()?;
    let is_run = request.header(ROLE) == Some("run");
    let status = answer.head.split(' ').nth(1).unwrap_or_default();
    relayed.requests[usize::from(!is_run)] += 1;
    relayed.bytes += request.bytes();
    relayed.plain += plain.len() as u64;
    *relayed.answers.entry(status.to_owned()).or_default() += 1;
    let is_cut = cuts > 0 && relayed.requests.iter().sum::<u64>() % cuts == 0;
    relayed.cut += u64::from(is_cut);
    if status == "200" {
        for Record { id, .. } in records::of(&plain) {
            relayed.events += 1;
            let way = if is_cut {
                Way::Cut
            } else if is_run {
                Way::Run
            } else {
                Way::Drain
            };
            if let Some(before) = relayed.ways.insert(number(id), way) {
                relayed.again[match before {
                    Way::Run => 0,
                    Way::Cut => 1,
                    Way::Drain => 2,
                }] += 1;
            }
        }
    }
    Ok(is_cut)
}

/// Takes what the receiver passes on.
pub fn sink(received: Shared<Received>) -> io::Result<SocketAddr> {
    serve(move |client| {
        let mut asked = BufReader::new(client);
        while let Some(request) = Message::read(&mut asked)? {
            let plain = request.plain()?;
            {
                let mut received = received.lock();
                for Record { id, kind, outcome } in records::of(&plain) {
                    received.records += 1;
                    if received.ids.insert(number(id)) {
                        *received.kinds.entry(format!("{kind} {outcome}").trim().to_owned()).or_default() += 1;
                    }
                }
            }
            let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
            asked.get_mut().write_all(answer)?;
        }
        Ok(())
    })
}
