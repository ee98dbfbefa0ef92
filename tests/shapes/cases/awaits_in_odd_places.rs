use std::future::ready;

async fn step(n: u8) -> Result<u8, String> {
    ready(if n > 9 { Err(format!("{n}")) } else { Ok(n) }).await
}

#[tracked]
async fn odd(k: u8) -> Result<u8, String> {
    let mut n = match step(k).await? {
        0 => step(1).await?,
        n if step(n).await == Ok(1) => 2,
        n => n,
    };
    if step(n).await.is_ok_and(|n| n > 3) && ready(true).await {
        n += 1;
    }
    while step(n).await? < 3 || !ready(true).await {
        n += step(1).await?;
    }
    for m in [ready(1).await, ready(2).await] {
        n += m;
    }
    let array = [step(n).await?; 2];
    let text = format!("{:?} {}", array[0], ready(n).await);
    let Ok(m) = step(text.len() as u8).await else { return step(n).await };
    let closure = |n: u8| async move { step(n).await.map(|n| n + 1) };
    n = closure(m).await? - ready(m).await;
    let later = async move { step(n).await };
    return Ok({ later }.await? + (ready(step).await)(k).await? + step(-(-(n as i8)) as u8).await.unwrap_or(0));
}

fn main() {
    for k in 0..11 {
        println!("{k} {:?}", futures::executor::block_on(odd(k)));
    }
}
