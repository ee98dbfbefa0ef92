use std::pin::pin;

use futures::stream::{self, Stream, StreamExt, TryStreamExt};

#[tracked]
fn numbers(count: u8) -> impl Stream<Item = Result<u8, String>> {
    stream::iter(0..count).map(|n| if n > 3 { Err(format!("{n}")) } else { Ok(n) })
}

#[tracked]
async fn sum(stream: impl Stream<Item = Result<u8, String>>) -> Result<u8, String> {
    let mut stream = pin!(stream);
    let mut sum = 0;
    while let Some(n) = stream.next().await {
        sum += n?;
    }
    Ok(sum)
}

#[tracked]
async fn collected(count: u8) -> Result<Vec<u8>, String> {
    numbers(count).and_then(|n| async move { Ok(n * 2) }).try_collect().await
}

#[tracked]
async fn last(count: u8) -> Option<u8> {
    let doubled = numbers(count).filter_map(|n| async { n.ok() }).then(|n| async move { n + 1 });
    doubled.fold(None, |_, n| async move { Some(n) }).await
}

fn main() {
    let all =
        async { (sum(numbers(4)).await, sum(numbers(9)).await, collected(3).await, collected(5).await, last(9).await) };
    println!("{:?}", futures::executor::block_on(all));
}
