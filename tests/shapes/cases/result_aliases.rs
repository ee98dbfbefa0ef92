use std::fmt::{self, Display, Write};
use std::io::{self, Read};
use std::sync::{LockResult, Mutex, MutexGuard};

struct Shown(u8);

impl Display for Shown {
    #[tracked]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("zero");
        }
        write!(f, "{}", self.0)?;
        f.write_fmt(format_args!("{}", self.0 + 1))
    }
}

#[tracked]
fn read(mut from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    let length = from.read_to_string(&mut text)?;
    if length == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(text)
}

#[tracked]
fn lock(mutex: &Mutex<u8>) -> LockResult<MutexGuard<'_, u8>> {
    mutex.lock()
}

#[tracked]
fn thread(fails: bool) -> std::thread::Result<u8> {
    std::thread::spawn(move || if fails { std::panic::panic_any(3_u8) } else { 4 }).join()
}

#[tracked]
fn written(out: &mut String) -> std::fmt::Result {
    write!(out, "{}", Shown(1))?;
    writeln!(out)
}

fn main() {
    let mut text = String::new();
    println!("{} {} {:?} {text:?}", Shown(0), Shown(5), written(&mut text).is_ok());
    println!("{:?} {:?} {:?}", read(&b"abc"[..]), read(io::empty()), read(&b"\xff"[..]).map_err(|e| e.kind()));
    println!("{:?} {:?} {:?}", lock(&Mutex::new(1)).map(|n| *n).ok(), thread(false).ok(), thread(true).is_err());
}
