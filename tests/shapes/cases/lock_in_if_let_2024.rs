// edition: 2024
use std::sync::Mutex;

static ITEMS: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[tracked]
fn pop() -> Result<u8, &'static str> {
    if let Some(item) = ITEMS.lock().unwrap().pop() {
        println!("locked inside: {}", ITEMS.try_lock().is_err());
        Ok(item)
    } else {
        println!("locked in else: {}", ITEMS.try_lock().is_err());
        Err("empty")
    }
}

#[tracked]
fn push(item: u8) -> Result<usize, String> {
    let length = match ITEMS.lock() {
        Ok(mut items) => {
            items.push(item);
            items.len()
        }
        Err(error) => return Err(error.to_string()),
    };
    Ok(length)
}

fn main() {
    println!("{:?} {:?} {:?}", push(1), pop(), pop());
}
