use std::future::{Future, ready};

#[tracked]
fn moved(text: String) -> impl Future<Output = Result<usize, String>> {
    let length = text.len();
    async move {
        let n = ready(length).await;
        if n == 0 {
            return Err(text);
        }
        Ok(n)
    }
}

#[tracked]
async fn nested(k: u8) -> Result<Result<u8, String>, u8> {
    async move {
        if k == 0 {
            return Err(k);
        }
        Ok(async { if k == 1 { Err("one".to_owned()) } else { Ok(k) } }.await)
    }
    .await
}

#[tracked]
async fn returned() -> impl Future<Output = Result<u8, String>> {
    async { Ok(ready(3).await) }
}

#[tracked]
fn chosen(k: u8) -> std::pin::Pin<Box<dyn Future<Output = Result<u8, u8>>>> {
    if k == 0 {
        return Box::pin(ready(Err(1)));
    }
    match k {
        1 => Box::pin(async { Ok(2) }),
        _ => Box::pin(async move { Ok(Err(k)?) }),
    }
}

fn main() {
    let all =
        async { (moved("a".into()).await, moved("".into()).await, nested(0).await, nested(1).await, nested(2).await) };
    println!("{:?}", futures::executor::block_on(all));
    let all = async { (returned().await.await, chosen(0).await, chosen(1).await, chosen(2).await) };
    println!("{:?}", futures::executor::block_on(all));
}
