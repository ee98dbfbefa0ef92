use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;

#[tracked]
async fn inner(n: u8) -> Result<u8, String> {
    pause().await;
    if n > 1 { Err(format!("{n}")) } else { Ok(n) }
}

#[tracked]
async fn outer(n: u8) -> Result<u8, String> {
    let first = inner(n).await?;
    pause().await;
    Ok(first + inner(first).await?)
}

async fn pause() {
    let mut polled = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

fn main() {
    for n in 0..3 {
        let mut future: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(outer(n));
        let (mut rounds, mut result) = (0, Poll::Pending);
        while result.is_pending() {
            rounds += 1;
            (future, result) = thread::spawn(move || {
                let result = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                (future, result)
            })
            .join()
            .unwrap();
        }
        println!("{rounds} {result:?}");
    }
}
