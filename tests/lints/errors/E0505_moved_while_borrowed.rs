// says: E0505
//! E0505 moved while borrowed.

#[tracked]
fn plain(text: String) -> usize {
    let borrowed = text.as_str();
    drop(text);
    borrowed.len()
}

#[tracked]
fn fallible(text: String) -> Result<String, String> {
    let borrowed = text.as_str();
    drop(text);
    Ok(borrowed.to_owned())
}

#[tracked]
fn returned(text: String, list: &mut Vec<usize>) -> Result<String, String> {
    let borrowed = text.as_str();
    let held = Held(borrowed);
    if list.is_empty() {
        return Ok(text);
    }
    Err(text)
}

struct Held<'a>(&'a str);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

#[tracked]
async fn later(text: String) -> Result<usize, String> {
    let borrowed = text.as_str();
    std::future::ready(text).await;
    Ok(borrowed.len())
}

fn main() {}
