// edition: 2024
use std::cell::RefCell;
use std::sync::Mutex;

#[tracked]
fn locked() -> Result<usize, String> {
    let items = Mutex::new(vec![1, 2, 3]);
    Ok(items.lock().unwrap().len())
}

#[tracked]
fn borrowed(text: &str) -> Result<usize, String> {
    let cell = RefCell::new(text.to_owned());
    cell.borrow().parse().map_err(|_| cell.borrow().clone())
}

#[tracked]
fn in_match(text: &str) -> Result<usize, String> {
    let cell = RefCell::new(text.to_owned());
    match cell.borrow().as_str() {
        "" => Err(String::new()),
        text => text.parse().map_err(|_| text.to_owned()),
    }
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", locked(), borrowed("1"), borrowed("x"), in_match("2"));
}
