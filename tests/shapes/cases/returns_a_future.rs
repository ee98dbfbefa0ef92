use std::future::{Future, ready};
use std::pin::Pin;

use futures::future::{BoxFuture, FutureExt};

#[tracked]
fn anonymous(name: &str) -> impl Future<Output = Result<usize, String>> + '_ {
    println!("made {name}");
    async move {
        println!("polled {name}");
        if ready(name).await.is_empty() { Err("empty".to_owned()) } else { Ok(name.len()) }
    }
}

#[tracked]
fn boxed<'a>(name: &'a str) -> Pin<Box<dyn Future<Output = Result<usize, String>> + Send + 'a>> {
    println!("made {name}");
    Box::pin(async move { anonymous(name).await.map(|n| n + 1) })
}

#[tracked]
fn alias(name: &str) -> BoxFuture<'_, usize> {
    let length = name.len();
    async move { ready(length).await }.boxed()
}

#[tracked]
fn ready_made(n: u8) -> impl Future<Output = u8> + Unpin {
    if n == 0 {
        return ready(1);
    }
    ready(n)
}

fn main() {
    let futures = (anonymous("abc"), boxed("de"), boxed(""), alias("f"), ready_made(0));
    println!("nothing runs yet");
    let (a, b, c, d, e) = futures;
    let all = async { (a.await, b.await, c.await, d.await, e.await) };
    println!("{:?}", futures::executor::block_on(all));
}
