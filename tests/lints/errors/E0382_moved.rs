// says: E0382
//! E0382 moved.

fn takes(text: String) -> Result<u8, String> {
    text.parse().map_err(|_| text)
}

#[tracked]
fn plain(text: String) -> String {
    drop(text);
    text
}

#[tracked]
fn fallible(text: String) -> Result<u8, String> {
    takes(text)?;
    if text.is_empty() {
        return takes(text);
    }
    takes(text)
}

#[tracked]
fn in_ok(text: String) -> Result<String, String> {
    drop(text);
    Ok(text)
}

#[tracked]
fn in_ok_computed(text: String) -> Result<usize, String> {
    let other = text;
    Ok(text.len())
}

#[tracked]
fn returned(text: String) -> Result<String, String> {
    let other = text;
    return Ok(text);
}

#[tracked]
fn in_a_loop(text: String) -> Result<u8, String> {
    for _ in 0..3 {
        takes(text)?;
    }
    Ok(1)
}

#[tracked]
fn partly(pair: (String, String)) -> Result<(String, String), String> {
    drop(pair.0);
    Ok(pair)
}

#[tracked]
fn by_closure(text: String) -> Result<String, String> {
    let closure = move || text.len();
    println!("{}", closure());
    Ok(text)
}

#[tracked]
async fn later(text: String) -> Result<String, String> {
    std::future::ready(text).await;
    Ok(text)
}

#[tracked]
async fn later_awaits(text: String) -> Result<u8, String> {
    drop(text);
    std::future::ready(takes(text)).await
}

#[tracked]
async fn future_twice(text: String) -> Result<u8, String> {
    let future = async { 3 };
    let number = future.await;
    Ok(future.await + number)
}

#[tracked]
fn used_by_match(value: Option<String>) -> Result<Option<String>, String> {
    match value {
        Some(text) => println!("{text}"),
        None => {}
    }
    Ok(value)
}

struct Store(String);

impl Store {
    #[tracked]
    fn get(self) -> Result<Self, String> {
        takes(self.0)?;
        Ok(self)
    }
}

fn main() {}
