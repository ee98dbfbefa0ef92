use std::future::ready;

macro_rules! first {
    ($($future:expr),+ => $body:block) => {{
        let all = [$($future.await),+];
        let first = all[0];
        if first > 3 { $body } else { first }
    }};
}

macro_rules! statements {
    ($($name:ident = $future:expr;)+) => { $(let $name = $future.await;)+ };
}

#[tracked]
async fn fallible(n: u8) -> Result<u8, String> {
    statements! { one = ready(n); two = ready(one + 1); }
    let three = first!(ready(two), ready(one) => { ready(two + 3).await });
    debug_assert!(ready(three).await > 0);
    if n == 2 {
        return Ok(first!(ready(n) => { n }));
    }
    first! { ready(n) => { 1 } };
    Ok::<u8, String>(first!(ready(three), ready(1) => { ready(9).await }))
}

#[tracked]
async fn infallible(n: u8) -> u8 {
    statements!(one = ready(n););
    first! { ready(one) => { matches!(ready(n).await, 1..=9).into() } }
}

fn main() {
    for n in 0..6 {
        println!("{:?} {}", futures::executor::block_on(fallible(n)), futures::executor::block_on(infallible(n)));
    }
}
