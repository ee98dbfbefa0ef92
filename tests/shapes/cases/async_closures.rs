// edition: 2024
use std::future::ready;

#[tracked]
async fn apply(f: impl AsyncFn(u8) -> Result<u8, String>, times: u8) -> Result<u8, String> {
    let mut n = times;
    for _ in 0..times {
        n = f(n).await?;
    }
    Ok(n)
}

#[tracked]
async fn closures(limit: u8) -> Result<u8, String> {
    let text = String::from("limit");
    let add = async |n: u8| {
        if ready(n).await > limit {
            return Err(format!("{text} {n}"));
        }
        Ok(n + 1)
    };
    let mut calls = 0;
    let mut count = async || {
        calls += ready(1).await;
        calls
    };
    let counted = count().await + count().await;
    Ok(apply(&add, 3).await? + counted + add(0).await?)
}

fn main() {
    println!("{:?}", futures::executor::block_on(closures(9)));
    println!("{:?}", futures::executor::block_on(closures(4)));
}
