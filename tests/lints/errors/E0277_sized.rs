// says: E0277
//! E0277 sized.

#[tracked]
fn plain(text: &str) -> usize {
    let held = *text;
    held.len()
}

#[tracked]
fn fallible(list: &[u8]) -> Result<usize, String> {
    let held: [u8] = *list;
    Ok(size_of::<str>())
}

#[tracked]
fn takes<T>(text: &str) -> Result<usize, String> {
    drop(*text);
    Ok(size_of::<[T]>())
}

fn main() {}
