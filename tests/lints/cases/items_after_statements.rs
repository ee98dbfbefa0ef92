//! Items after statements.

#[tracked]
pub fn plain() -> u8 {
    println!("first");
    const NUMBER: u8 = 3;
    NUMBER
}

#[tracked]
pub fn fallible() -> Result<u8, String> {
    const FIRST: u8 = 1;
    fn inner() -> u8 {
        1
    }
    println!("first");
    use std::fmt::Debug;
    fn second(debug: impl Debug) -> u8 {
        println!("{debug:?}");
        1
    }
    Ok(FIRST + inner() + second("1"))
}

#[tracked]
pub fn leading_items_only() -> Result<u8, String> {
    const FIRST: u8 = 1;
    fn inner() -> u8 {
        1
    }
    Ok(FIRST + inner())
}

#[tracked]
pub fn leading_items_and_macros() -> Result<u8, String> {
    macro_rules! number {
        () => {
            1
        };
    }
    const FIRST: u8 = 1;
    thread_local! {
        static LOCAL: u8 = const { 1 };
    }
    fn inner() -> u8 {
        LOCAL.with(|local| *local)
    }
    Ok(FIRST + inner() + number!())
}

#[tracked]
pub async fn later() -> u8 {
    std::future::ready(()).await;
    static NUMBER: u8 = 3;
    NUMBER
}

fn main() {}
