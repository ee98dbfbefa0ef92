use std::future::ready;
use std::panic::{AssertUnwindSafe, set_hook};

use futures::FutureExt;

#[tracked]
async fn step(k: u8) -> Result<u8, String> {
    ready(()).await;
    assert!(k != 1, "the step fails");
    Ok(k)
}

#[tracked]
async fn panics(k: u8) -> Result<u8, String> {
    let n = step(k).await?;
    if n == 2 {
        ready(()).await;
        panic!("between {}", step(3).await?);
    }
    Ok(step(n).await?.checked_sub(5).unwrap())
}

fn main() {
    set_hook(Box::new(|info| println!("{} {:?}", info.location().unwrap(), info.payload_as_str())));
    for k in 0..3 {
        let mut future = Box::pin(panics(k));
        let first = AssertUnwindSafe(future.as_mut()).catch_unwind().now_or_never().unwrap();
        println!("{k} {:?}", first.map_err(|payload| payload.is::<String>()));
        let again = AssertUnwindSafe(future.as_mut()).catch_unwind().now_or_never().unwrap();
        println!("{k} {:?}", again.map_err(|payload| payload.is::<String>()));
    }
}
