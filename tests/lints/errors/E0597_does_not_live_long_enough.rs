// says: E0597
//! E0597 does not live long enough.

#[tracked]
fn plain() -> usize {
    let borrowed;
    {
        let text = String::new();
        borrowed = text.as_str();
    }
    borrowed.len()
}

#[tracked]
fn fallible(list: &mut Vec<&'static str>) -> Result<usize, String> {
    let text = String::new();
    list.push(&text);
    Ok(list.len())
}

#[tracked]
fn in_the_tail() -> Result<usize, String> {
    let cell = std::cell::RefCell::new(String::from("3"));
    cell.borrow().parse().map_err(|_| String::new())
}

#[tracked]
fn in_ok() -> Result<usize, String> {
    let cell = std::cell::RefCell::new(String::from("3"));
    Ok(cell.borrow().len())
}

#[tracked]
fn plain_tail() -> usize {
    let cell = std::cell::RefCell::new(String::from("3"));
    cell.borrow().len()
}

#[tracked]
async fn later() -> Result<usize, String> {
    let borrowed;
    {
        let text = String::new();
        borrowed = std::future::ready(text.as_str()).await;
    }
    Ok(borrowed.len())
}

#[tracked]
async fn later_tail() -> Result<usize, String> {
    let cell = std::cell::RefCell::new(String::from("3"));
    Ok(cell.borrow().len() + std::future::ready(1).await)
}

fn main() {}
