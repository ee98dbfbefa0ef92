use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Waker};

#[tracked]
async fn done(n: u8) -> Result<u8, ()> {
    Ok(std::future::ready(n).await)
}

fn main() {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(done(1));
    println!("{:?}", future.as_mut().poll(&mut context));
    println!("{}", catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context).is_ready())).is_err());
}
