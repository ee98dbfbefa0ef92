use std::cell::{LazyCell, OnceCell};
use std::sync::{LazyLock, OnceLock};

static LIST: LazyLock<Result<Vec<u8>, String>> = LazyLock::new(list);
static ONCE: OnceLock<u8> = OnceLock::new();

thread_local! {
    static LOCAL: LazyCell<Result<u8, u8>> = const { LazyCell::new(local) };
}

#[tracked]
fn list() -> Result<Vec<u8>, String> {
    println!("list");
    Ok(vec![*ONCE.get_or_init(once), 2])
}

#[tracked]
fn once() -> u8 {
    println!("once");
    1
}

#[tracked]
fn local() -> Result<u8, u8> {
    println!("local");
    LIST.as_ref().map(|list| list[0]).map_err(|_| 3)
}

fn main() {
    println!("{:?} {:?}", LOCAL.with(|local| **local), *LIST);
    let cell = OnceCell::new();
    println!("{:?} {:?}", cell.get_or_init(local), LOCAL.with(|local| **local));
}
