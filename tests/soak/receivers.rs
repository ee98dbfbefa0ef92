//! Receivers on loopback that fail as they are told, and keep the books of what they accepted.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

/// How a receiver is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Healthy,
    /// Nobody listens.
    Down,
    /// 503.
    Unavailable,
    /// 429, with a `Retry-After` of a second.
    Throttled,
    /// Accepts after a second.
    Slow,
    /// Answers what is no HTTP.
    Garbage,
    /// Accepts, and does not say so: the connection is closed.
    Mute,
}

impl Mode {
    /// All but healthy.
    pub(crate) const FAILING: [Self; 6] =
        [Self::Down, Self::Unavailable, Self::Throttled, Self::Slow, Self::Garbage, Self::Mute];
}

/// What was accepted.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    /// The ids of all events but losses, in requests that were answered.
    ids: HashSet<u128>,
    /// … and in requests that were not: who sent them does not know that they are here, and may have to give them up.
    unanswered: HashSet<u128>,
    /// The ids of losses.
    loss_ids: HashSet<u128>,
    /// How many events were said to be lost, by reason.
    pub(crate) losses: BTreeMap<String, u64>,
    /// The calls in aggregates, by event.
    pub(crate) calls: BTreeMap<String, u64>,
    /// Events that came again.
    pub(crate) again: u64,
    /// Answers, by how the receiver was.
    pub(crate) requests: BTreeMap<&'static str, u64>,
}

impl Accepted {
    pub(crate) fn events(&self) -> u64 {
        self.ids.len() as u64
    }

    pub(crate) fn unanswered(&self) -> usize {
        self.unanswered.len()
    }

    fn take(&mut self, body: &[u8], is_answered: bool) -> Result<(), serde_json::Error> {
        let body: Value = serde_json::from_slice(body)?;
        for event in body["events"].as_array().map_or(&[] as &[Value], Vec::as_slice) {
            let digits = event["id"].as_str().unwrap_or_default().chars().filter_map(|digit| digit.to_digit(16));
            let id = digits.fold(0, |id: u128, digit| id << 4 | u128::from(digit));
            let is_loss = event["kind"] == "loss";
            let was_unanswered = !is_loss && is_answered && self.unanswered.remove(&id);
            let ids = match (is_loss, is_answered) {
                (true, _) => &mut self.loss_ids,
                (false, true) => &mut self.ids,
                (false, false) if self.ids.contains(&id) => continue,
                (false, false) => &mut self.unanswered,
            };
            if !ids.insert(id) || was_unanswered {
                self.again += 1;
                continue;
            }
            let (name, number) = match event["kind"].as_str() {
                Some("loss") => (&event["reason"], &event["events"]),
                Some("aggregate") => (&event["event"], &event["calls"]),
                _ => continue,
            };
            let of = if is_loss { &mut self.losses } else { &mut self.calls };
            *of.entry(name.as_str().unwrap_or_default().to_owned()).or_default() += number.as_u64().unwrap_or_default();
        }
        Ok(())
    }
}

/// One receiver, on one port for as long as it lives.
pub(crate) struct Receiver {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

struct State {
    mode: Mutex<Mode>,
    changed: Condvar,
    accepted: Mutex<Accepted>,
    is_over: AtomicBool,
}

impl Receiver {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            mode: Mutex::new(Mode::Healthy),
            changed: Condvar::new(),
            accepted: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        let thread = Some(std::thread::spawn(move || listen(&shared, address, listener)));
        Ok(Self { address, state, thread })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/events", self.address)
    }

    pub(crate) fn accepted(&self) -> MutexGuard<'_, Accepted> {
        lock(&self.state.accepted)
    }

    pub(crate) fn set(&self, mode: Mode) {
        *lock(&self.state.mode) = mode;
        self.state.changed.notify_all();
        // Wakes the listener, which looks how it is to be.
        drop(TcpStream::connect(self.address));
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::Relaxed);
        self.set(Mode::Healthy);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes connections while it is up; a connection that stands ends when it is down.
fn listen(state: &Arc<State>, address: SocketAddr, first: TcpListener) {
    let mut listener = Some(first);
    while !state.is_over.load(Ordering::Relaxed) {
        if *lock(&state.mode) == Mode::Down {
            drop(listener.take());
            let mode = lock(&state.mode);
            drop(state.changed.wait_while(mode, |mode| *mode == Mode::Down));
        }
        // The port stays its own: who connects to another in the meantime gets another one.
        let Some(listening) = listener.take().or_else(|| TcpListener::bind(address).ok()) else { continue };
        if let Ok((stream, _)) = listening.accept() {
            let state = Arc::clone(state);
            std::thread::spawn(move || {
                // Whoever was at the other end is gone.
                drop(answer_all(&state, stream));
            });
        }
        listener = Some(listening);
    }
}

fn answer_all(state: &State, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(body) = read(&mut stream)? {
        let mode = *lock(&state.mode);
        *lock(&state.accepted).requests.entry(name(mode)).or_default() += 1;
        let answer = match mode {
            Mode::Down => return Ok(()),
            Mode::Healthy | Mode::Slow | Mode::Mute => {
                if mode == Mode::Slow {
                    std::thread::sleep(Duration::from_secs(1));
                }
                lock(&state.accepted).take(&body, mode != Mode::Mute)?;
                if mode == Mode::Mute {
                    return Ok(());
                }
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            }
            Mode::Unavailable => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            Mode::Throttled => "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
            Mode::Garbage => "\u{0}\u{7f}no HTTP, whatever it is\r\n\r\n",
        };
        stream.get_mut().write_all(answer.as_bytes())?;
        if mode == Mode::Garbage {
            return Ok(());
        }
    }
    Ok(())
}

/// The body of the next request; `None` where there is none.
fn read(from: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line.trim_end().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(Some(body))
}

const fn name(mode: Mode) -> &'static str {
    match mode {
        Mode::Healthy => "healthy",
        Mode::Down => "down",
        Mode::Unavailable => "503",
        Mode::Throttled => "429",
        Mode::Slow => "slow",
        Mode::Garbage => "garbage",
        Mode::Mute => "mute",
    }
}
