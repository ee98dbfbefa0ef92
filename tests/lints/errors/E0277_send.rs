// says: E0277
//! E0277 send.

async fn step(number: &std::rc::Rc<u8>) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(**number)
}

fn needs_send<T: Send>(value: T) -> Result<T, String> {
    Ok(value)
}

#[tracked]
fn plain(number: std::rc::Rc<u8>) -> Result<u8, String> {
    let number = needs_send(number)?;
    std::thread::spawn(move || println!("{number}"));
    Ok(1)
}

#[tracked]
fn tail(number: std::rc::Rc<u8>) -> Result<std::rc::Rc<u8>, String> {
    needs_send(number)
}

#[tracked]
fn cell(number: &std::cell::Cell<u8>) -> Result<&std::cell::Cell<u8>, String> {
    Ok(needs_send(number)?)
}

fn main() {}
