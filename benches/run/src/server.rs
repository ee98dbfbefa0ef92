//! Receivers in processes of their own, so that their CPU time is nobody else's, and addresses where there is none.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Each event has this once in the format that is sent, and nothing else has.
const MARK: &[u8] = b",\"kind\":\"";

/// A receiver that counts events, throws them away and answers 200. Ends with its owner.
pub struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts one that answers after so long.
    pub fn start(answers_after: Duration) -> Self {
        let millis = answers_after.as_millis().to_string();
        let program = std::env::current_exe().expect("an executable");
        let mut process = Command::new(program)
            .args(["serve", &millis])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a receiver");
        let mut said = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut said).expect("its port");
        Self { process, port: said.trim().parse().expect("a port") }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// How many events, requests and bytes of bodies it had since this was last asked.
    pub fn counted(&self) -> [u64; 3] {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the receiver");
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("it listens");
        let mut said = String::new();
        stream.read_to_string(&mut said).expect("it answers");
        let mut numbers = said.split_whitespace().map(|number| number.parse().expect("a number"));
        std::array::from_fn(|_| numbers.next().expect("three numbers"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

static COUNTED: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];

/// Is a receiver, until whoever started it is gone.
pub fn serve(answers_after: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    std::thread::spawn(|| {
        drop(std::io::stdin().read(&mut [0]));
        std::process::exit(0);
    });
    for stream in listener.incoming().map_while(Result::ok) {
        // A client that is gone is nobody's fault.
        std::thread::spawn(move || drop(serve_one(stream, answers_after)));
    }
}

fn serve_one(mut stream: TcpStream, answers_after: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let events = memchr::memmem::Finder::new(MARK);
    let (mut buffer, mut filled) = (vec![0; 2 << 20], 0);
    loop {
        let head = loop {
            if let Some(at) = memchr::memmem::find(&buffer[..filled], b"\r\n\r\n") {
                break at + 4;
            }
            let read = stream.read(&mut buffer[filled..])?;
            if read == 0 {
                return Ok(());
            }
            filled += read;
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        if text.starts_with("get ") {
            let [events, requests, bytes] = COUNTED.each_ref().map(|count| count.swap(0, Ordering::Relaxed));
            return stream.write_all(format!("{events} {requests} {bytes}\n").as_bytes());
        }
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        let end = head + length.expect("a length");
        if end > buffer.len() {
            buffer.resize(end, 0);
        }
        while filled < end {
            let read = stream.read(&mut buffer[filled..end])?;
            if read == 0 {
                return Ok(());
            }
            filled += read;
        }
        let counted = events.find_iter(&buffer[head..end]).count();
        for (count, more) in COUNTED.iter().zip([counted, 1, end - head]) {
            count.fetch_add(more as u64, Ordering::Relaxed);
        }
        buffer.copy_within(end..filled, 0);
        filled -= end;
        if !answers_after.is_zero() {
            std::thread::sleep(answers_after);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
}

/// An address where nobody is.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}/", listener.local_addr().expect("an address"))
}

/// An address that answers no attempt to connect, as behind a firewall, for as long as this lives.
pub struct BlackHole {
    listener: TcpListener,
    _filling: Vec<TcpStream>,
}

impl BlackHole {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("an address");
        #[allow(unsafe_code, reason = "std does not say how long the queue is")]
        // SAFETY: the descriptor is the listener's.
        let listens = unsafe { libc::listen(listener.as_raw_fd(), 0) };
        assert_eq!(listens, 0, "the queue can be made shorter");
        // The system drops what comes once the queue is full.
        let filling = std::iter::from_fn(|| TcpStream::connect_timeout(&addr, Duration::from_millis(400)).ok());
        Self { _filling: filling.take(8).collect(), listener }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.listener.local_addr().expect("an address"))
    }
}
