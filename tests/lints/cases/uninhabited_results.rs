// says: clippy::missing_docs_in_private_items

use std::convert::Infallible;

enum Never {}

type Unfailing<T> = Result<T, Infallible>;

#[tracked]
fn infallible(text: &str) -> Infallible {
    loop {
        println!("{text}");
    }
}

#[tracked]
fn never(text: &str) -> Never {
    println!("{text}");
    panic!("no");
}

#[tracked]
fn unfailing(number: u8) -> Unfailing<u8> {
    Ok(number)
}

#[tracked]
fn failing(text: &str) -> Result<Infallible, String> {
    Err(text.to_owned())
}

#[tracked]
async fn later(text: &str) -> Never {
    std::future::pending::<()>().await;
    never(text)
}

fn main() {
    drop(unfailing(1));
    drop(failing("a"));
    drop(later("b"));
    infallible("c");
}
