// edition: 2024
use std::future::ready;

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

impl Loud {
    async fn len(&self) -> Result<usize, String> {
        ready(Ok(self.0.len())).await
    }
}

#[tracked]
async fn tail(_argument: Loud) -> Result<usize, String> {
    let _local = Loud("local");
    Loud("temporary").len().await
}

#[tracked]
async fn in_ok() -> Result<usize, String> {
    let local = Loud("local of in_ok");
    Ok(local.len().await? + Loud("temporary of in_ok").len().await?)
}

#[tracked]
async fn condition(_argument: Loud) -> usize {
    if let Ok(4) = Loud("this").len().await { 1 } else { Loud("else").len().await.unwrap_or_default() }
}

fn main() {
    let all = async { (tail(Loud("argument")).await, in_ok().await, condition(Loud("argument")).await) };
    println!("{:?}", futures::executor::block_on(all));
}
