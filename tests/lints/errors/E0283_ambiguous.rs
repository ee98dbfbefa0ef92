//! E0283 ambiguous.

#[tracked]
fn plain(number: u8) -> bool {
    number.into() == Default::default()
}

#[tracked]
fn fallible(text: &str) -> Result<usize, String> {
    if text.is_empty() {
        return Ok(size(Default::default()));
    }
    println!("{}", Default::default());
    Ok(size("1".parse().map_err(|_| String::new())?))
}

fn size<T: Default>(_: T) -> usize {
    size_of::<T>()
}

#[tracked]
async fn later() -> Result<usize, String> {
    Ok(size(std::future::ready(Default::default()).await))
}

fn main() {}
