use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

#[tracked]
fn poll_once(n: u8) -> Result<Poll<u8>, String> {
    let mut context = Context::from_waker(Waker::noop());
    if n == 0 {
        return Ok(pin!(ready(1)).poll(&mut context));
    }
    Ok(pin!(async { n.checked_add("1".parse().unwrap()).unwrap_or(9) }).poll(&mut context))
}

#[tracked]
async fn pinned(n: u8) -> Result<u8, String> {
    let mut first = pin!(poll_later(n));
    first.as_mut().await?;
    pin!(poll_later(n + 1)).await
}

async fn poll_later(n: u8) -> Result<u8, String> {
    if ready(n).await > 3 { Err(format!("{n}")) } else { Ok(n) }
}

struct Half(u8);

impl Future for Half {
    type Output = Result<u8, u8>;

    #[tracked]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.0 == 0 {
            return Poll::Ready(Err(0));
        }
        if self.0 % 2 == 1 {
            return Poll::Ready(Ok(self.0));
        }
        self.0 /= 2;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn main() {
    println!("{:?} {:?} {:?}", poll_once(0), poll_once(2), poll_once(255));
    println!("{:?}", futures::executor::block_on(async { (pinned(1).await, pinned(3).await, pinned(4).await) }));
    println!("{:?}", futures::executor::block_on(async { (Half(12).await, Half(0).await) }));
}
