use std::cell::Cell;
use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};

type Answer = Result<u8, String>;

#[tracked]
async fn result(n: u8) -> Result<u8, String> {
    Ok(std::future::ready(n).await)
}

#[tracked]
async fn by_type(n: u8) -> Answer {
    if n == 0 { result(n).await } else { Ok(result(n).await?) }
}

#[tracked]
async fn plain(n: &u8) -> u8 {
    std::future::ready(*n).await + *n
}

#[tracked]
async fn not_sync(n: Cell<u8>) -> Result<u8, String> {
    result(n.get()).await?;
    Ok(n.into_inner())
}

#[tracked]
fn boxed(n: u8) -> std::pin::Pin<Box<dyn Future<Output = u8> + Send + Sync + UnwindSafe + RefUnwindSafe>> {
    Box::pin(async move { std::future::ready(n).await })
}

fn everything<T: Send + Sync + UnwindSafe + RefUnwindSafe + 'static>(future: T) -> T {
    future
}

fn send<T: Send + UnwindSafe>(future: T) -> T {
    future
}

fn main() {
    let futures = (everything(result(1)), everything(by_type(0)), everything(plain(&3)), send(not_sync(Cell::new(4))));
    let all = async { (futures.0.await, futures.1.await, futures.2.await, futures.3.await, boxed(5).await) };
    println!("{:?}", futures::executor::block_on(send(all)));
}
