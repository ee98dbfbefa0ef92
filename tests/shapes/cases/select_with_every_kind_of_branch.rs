use std::future::{pending, ready};
use std::time::Duration;

use futures::FutureExt as _;
use tokio::sync::mpsc;
use tokio::time::sleep;

async fn step(n: u8) -> Result<u8, String> {
    sleep(Duration::from_millis(u64::from(n))).await;
    if n > 5 { Err(format!("{n}")) } else { Ok(n) }
}

#[tracked]
async fn of_tokio(n: u8) -> Result<u8, String> {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.send(n).await.map_err(|error| error.to_string())?;
    drop(sender);
    let mut sum = 0;
    loop {
        tokio::select! {
            Some(value) = receiver.recv(), if sum < 9 => sum += step(value).await?,
            _ = pending::<u8>(), if n == 9 => unreachable!(),
            else => break,
        }
    }
    let text = tokio::select! {
        biased;
        Ok(1) = step(n) => "one",
        value = ready(n), if n == 2 => { sleep(Duration::from_millis(u64::from(value))).await; "two" }
        _ = async { step(3).await.map(drop) } => match n { 4 => return Ok(sum + step(1).await?), _ => "three" },
    };
    println!("{text}");
    tokio::select! {
        value = step(n) => value,
        _ = sleep(Duration::from_millis(50)) => Err(String::from("late")),
    }
}

#[tracked]
async fn of_futures(n: u8) -> Result<u8, String> {
    let mut one = Box::pin(step(n).fuse());
    let mut all = Vec::new();
    while all.len() < 2 {
        futures::select! {
            value = one => { all.push(value?); sleep(Duration::from_millis(1)).await; }
            _ = Box::pin(sleep(Duration::from_millis(20)).fuse()) => all.push(step(1).await?),
            complete => break,
        }
    }
    futures::select_biased! {
        value = ready(n).fuse() => if value == 2 { Err(format!("{all:?}")) } else { Ok(value) },
        default => Ok(9),
    }
}

#[tracked]
async fn joined(n: u8) -> Result<(u8, u8, u8), String> {
    let (one, two) = tokio::join!(step(1), async { step(n).await });
    let three = tokio::try_join!(step(2), async { one.clone() }, step(n)).map(|(a, b, c)| a + b + c)?;
    let (four, five) = futures::try_join!(step(n), async { two })?;
    Ok((three, four, five))
}

#[tracked]
async fn in_formats(n: u8) -> Result<String, String> {
    println!("{} {:?} {n}", step(n).await?, step(7).await);
    let text = format!("{:>width$}", step(n).await?, width = usize::from(step(3).await?));
    assert_eq!(step(1).await, Ok(1), "{}", step(2).await?);
    Ok(format!("{text}{}", if n == 3 { return Ok(text) } else { step(n).await? }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for n in 1..7 {
        println!("{:?} {:?}", of_tokio(n).await, of_futures(n).await);
        println!("{:?} {:?}", joined(n).await, in_formats(n).await);
    }
}
