use std::time::Duration;

use tokio::time::{sleep, timeout};

#[tracked]
async fn step(n: u64, fails: bool) -> Result<u64, String> {
    sleep(Duration::from_millis(n)).await;
    if fails {
        return Err(format!("step {n}"));
    }
    Ok(n)
}

#[tracked]
async fn all(fails: bool) -> Result<u64, String> {
    let (a, b) = tokio::join!(step(1, false), async { step(2, fails).await });
    let (c, d) = tokio::try_join!(step(1, false), step(3, fails))?;
    let e = futures::future::try_join_all((0..3).map(|n| step(n, false))).await?;
    Ok(a? + b? + c + d + e.len() as u64)
}

#[tracked]
async fn first(n: u64) -> Result<u64, String> {
    tokio::select! {
        biased;
        result = step(n, n == 3) => {
            let value = result?;
            if value == 1 {
                return Ok(100);
            }
            Ok(value)
        }
        _ = sleep(Duration::from_millis(40)) => Err("late".to_owned()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{:?} {:?}", all(false).await, all(true).await);
    println!("{:?} {:?} {:?} {:?}", first(1).await, first(2).await, first(3).await, first(500).await);
    println!("{:?}", timeout(Duration::from_millis(5), step(1000, false)).await.is_err());
}
