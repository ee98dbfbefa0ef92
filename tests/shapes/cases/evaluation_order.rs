use std::future::ready;

fn say(n: u8) -> Result<u8, u8> {
    println!("say {n}");
    if n > 90 { Err(n) } else { Ok(n) }
}

async fn later(n: u8) -> Result<u8, u8> {
    ready(say(n)).await
}

#[tracked]
async fn ordered(stop: u8) -> Result<(u8, [u8; 2], u8), u8> {
    let list = vec![later(1).await?, say(stop)?, later(2).await?];
    let sum = say(list[0])? + later(4).await? * say(5)?;
    Ok((say(6)?, [later(7).await?, say(sum)?], { say(9)? + later(stop).await.unwrap_or(0) }))
}

#[tracked]
fn assigned(mut items: Vec<u8>) -> Result<u8, u8> {
    items[say(0)? as usize] = say(8)?;
    items[say(1)? as usize] += say(items[0])?;
    Ok(items[usize::from(say(1)?)])
}

fn main() {
    println!("{:?}", futures::executor::block_on(ordered(3)));
    println!("{:?}", futures::executor::block_on(ordered(91)));
    println!("{:?} {:?}", assigned(vec![1, 2]), std::panic::catch_unwind(|| assigned(vec![1])).is_err());
}
