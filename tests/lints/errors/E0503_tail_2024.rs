// edition: 2024
//! E0503 tail 2024.

#[tracked]
fn borrowed_in_the_tail() -> Result<usize, String> {
    let cell = std::cell::RefCell::new(String::from("3"));
    cell.borrow().parse().map_err(|_| String::new())
}

#[tracked]
fn plain_tail() -> usize {
    let cell = std::cell::RefCell::new(String::from("3"));
    cell.borrow().len()
}

#[tracked]
fn in_ok() -> Result<usize, String> {
    let cell = std::cell::RefCell::new(String::from("3"));
    Ok(cell.borrow().len())
}

#[tracked]
fn fails() -> Result<usize, String> {
    let cell = std::cell::RefCell::new(String::from("3"));
    let number: String = 3;
    Ok(cell.borrow().len())
}

fn main() {}
