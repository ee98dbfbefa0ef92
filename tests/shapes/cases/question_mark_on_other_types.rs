use std::ops::ControlFlow;
use std::task::Poll;

#[tracked]
fn option(text: &str) -> Option<u8> {
    let first = text.bytes().next()?;
    if first == b'x' {
        return None;
    }
    Some(first.checked_sub(b'0')?)
}

#[tracked]
fn poll(k: u8) -> Poll<Result<u8, String>> {
    let step = |n: u8| match n {
        0 => Poll::Pending,
        1 => Poll::Ready(Err("one".to_owned())),
        n => Poll::Ready(Ok(n)),
    };
    match step(k)? {
        Poll::Ready(n) if n > 5 => Poll::Ready(Ok(n)),
        Poll::Ready(n) => step(n - 2),
        Poll::Pending => Poll::Pending,
    }
}

#[tracked]
fn poll_next(k: u8) -> Poll<Option<Result<u8, String>>> {
    let inner: Poll<Option<Result<u8, String>>> = Poll::Ready((k > 0).then(|| k.checked_sub(2).ok_or("small".into())));
    let n = match inner? {
        Poll::Ready(Some(n)) => n,
        other => return other.map(|n| n.map(Ok)),
    };
    Poll::Ready(Some(Ok(n)))
}

#[tracked]
fn flow(k: u8) -> ControlFlow<String, u8> {
    let n = if k == 0 { ControlFlow::Break("zero".to_owned()) } else { ControlFlow::Continue(k) }?;
    ControlFlow::Continue(n + 1)
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", option("5"), option(""), option("x"), option("!"));
    println!("{:?} {:?} {:?} {:?} {:?}", poll(0), poll(1), poll(2), poll(3), poll(9));
    println!("{:?} {:?} {:?}", poll_next(0), poll_next(1), poll_next(2));
    println!("{:?} {:?}", flow(0), flow(1));
}
