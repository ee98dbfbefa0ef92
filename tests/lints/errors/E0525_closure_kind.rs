// says: E0525
//! E0525 closure kind.

fn twice<F: Fn() -> usize>(closure: F) -> Result<usize, String> {
    Ok(closure() + closure())
}

#[tracked]
fn plain(text: String) -> usize {
    let closure = move || {
        drop(text);
        1
    };
    twice(closure).unwrap_or_default()
}

#[tracked]
fn fallible(text: String) -> Result<usize, String> {
    twice(move || {
        drop(text);
        1
    })
}

#[tracked]
async fn later(text: String) -> Result<usize, String> {
    let closure = move || {
        drop(text);
        1
    };
    std::future::ready(twice(closure)).await
}

fn main() {}
