//! Infinite loop.

#[tracked]
pub fn plain() {
    loop {
        println!("again");
    }
}

#[tracked]
pub fn fallible() -> Result<u8, String> {
    println!("first");
    loop {
        println!("again");
    }
}

#[tracked]
pub async fn later() -> Result<u8, String> {
    loop {
        std::future::ready(()).await;
    }
}

#[tracked]
pub async fn later_plain() {
    loop {
        std::future::ready(()).await;
    }
}

fn main() {}
