use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake};

struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tracked]
async fn waits(times: u8) -> Result<u8, ()> {
    let mut left = times;
    while left > 0 {
        left -= 1;
        tokio::task::yield_now().await;
        futures::pending!();
    }
    Ok(times)
}

fn main() {
    let counter = Arc::new(Counter(AtomicUsize::new(0)));
    let waker = Arc::clone(&counter).into();
    let mut future = pin!(waits(3));
    for poll in 0.. {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            println!("{poll} polls, {} wakes, {result:?}", counter.0.load(Ordering::SeqCst));
            return;
        }
    }
}
