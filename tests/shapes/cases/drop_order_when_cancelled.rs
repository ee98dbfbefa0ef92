use std::future::{Future, pending, ready};
use std::pin::pin;
use std::task::{Context, Waker};

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("  drop {}", self.0);
    }
}

impl Loud {
    async fn wait(&self, forever: bool) -> Result<(), String> {
        let _inner = Loud("inner");
        if forever { pending().await } else { Ok(ready(()).await) }
    }
}

#[tracked]
async fn waits(_: Loud, second: Loud, k: u8) -> Result<(), String> {
    let _local = Loud("local");
    Loud("temporary").wait(k == 0).await?;
    for _ in 0..1 {
        let _in_loop = Loud("in loop");
        second.wait(k == 1).await?;
    }
    match Loud("scrutinee").wait(k == 2).await {
        Ok(()) => Loud("arm").wait(k == 3).await,
        error => error,
    }
}

fn main() {
    for k in 0..5 {
        println!("{k}");
        let mut future = pin!(waits(Loud("first"), Loud("second"), k));
        println!("{:?}", future.as_mut().poll(&mut Context::from_waker(Waker::noop())));
    }
    println!("never polled");
    drop(waits(Loud("first"), Loud("second"), 0));
}
