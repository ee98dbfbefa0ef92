// says: E0373
//! E0373 closure captures.

#[tracked]
fn plain(number: u8) -> impl Fn() -> u8 {
    || number
}

#[tracked]
fn fallible(number: u8) -> Result<impl Fn() -> u8, String> {
    Ok(|| number)
}

#[tracked]
fn boxed(number: u8) -> Result<Box<dyn Fn() -> u8>, String> {
    if number == 1 {
        return Ok(Box::new(|| number));
    }
    Ok(Box::new(|| number + 1))
}

#[tracked]
fn threads(text: String) -> Result<usize, String> {
    std::thread::spawn(|| println!("{text}"));
    std::thread::spawn(|| text.len()).join().map_err(|_| String::new())
}

#[tracked]
fn future(number: u8) -> impl std::future::Future<Output = Result<u8, String>> {
    async { Ok(number) }
}

#[tracked]
fn boxed_future(number: u8) -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u8, String>>>> {
    Box::pin(async { Ok(number) })
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    tokio::spawn(async { println!("{number}") });
    tokio::spawn(async { number }).await.map_err(|_| String::new())
}

fn main() {}
