use std::future::{Future, IntoFuture, Ready, ready};
use std::pin::{Pin, pin};

struct Request(u8);

impl IntoFuture for Request {
    type Output = Result<u8, String>;
    type IntoFuture = Ready<Self::Output>;
    fn into_future(self) -> Self::IntoFuture {
        println!("sent {}", self.0);
        ready(if self.0 == 0 { Err("zero".to_owned()) } else { Ok(self.0) })
    }
}

#[tracked]
async fn awaits(k: u8, mut given: Pin<Box<dyn Future<Output = u8>>>) -> Result<u8, String> {
    let n = Request(k).await?;
    let mut local = pin!(async { n + 1 });
    let a = (&mut local).await + given.as_mut().await;
    let mut owned = Box::pin(ready(2));
    let b = (&mut owned).await;
    let c = (if k == 1 { ready(3) } else { ready(4) }).await;
    let d = { ready(5) }.await + async { 6 }.await;
    let e = futures::future::lazy(|_| 7).await;
    Request(a + b + c + d + e).await
}

#[tracked]
async fn poll_fn(k: u8) -> Result<u8, u8> {
    let mut left = k;
    std::future::poll_fn(|context| {
        if left == 0 {
            return std::task::Poll::Ready(Ok(k));
        }
        left -= 1;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await
}

fn main() {
    for k in 0..3 {
        println!("{:?}", futures::executor::block_on(awaits(k, Box::pin(ready(10)))));
    }
    println!("{:?}", futures::executor::block_on(poll_fn(5)));
}
