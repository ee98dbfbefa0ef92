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

fn main() {
    ITEMS.lock().unwrap().push(1);
    println!("{:?} {:?}", pop(), pop());
}
