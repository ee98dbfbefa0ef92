use std::future::ready;

macro_rules! wait {
    ($future:expr) => {
        $future.await?
    };
}

macro_rules! both {
    ($left:expr, $right:expr $(, then $body:block)?) => {{
        let both = ($left.await, $right.await);
        $($body)?
        both
    }};
}

async fn step(n: u8) -> Result<u8, String> {
    ready(if n > 5 { Err(format!("{n}")) } else { Ok(n) }).await
}

#[tracked]
async fn macros(n: u8) -> Result<u8, String> {
    let once = wait!(step(n));
    let list = vec![wait!(step(once)), step(1).await?];
    let (left, right) = both!(ready(1), step(once + 1), then {
        if n == 4 {
            return Ok(ready(44).await);
        }
    });
    println!("{} {left}", step(list[0]).await?);
    assert!(step(0).await.is_ok(), "{}", step(1).await?);
    futures::join!(step(1), async { step(right?).await }).1
}

fn main() {
    for n in 2..7 {
        println!("{:?}", futures::executor::block_on(macros(n)));
    }
}
