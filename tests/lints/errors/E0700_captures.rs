// says: E0700
//! E0700 captures.

#[tracked]
fn plain<'a>(one: &'a str, two: &u8) -> impl Fn() -> u8 + use<'a> {
    let two = two;
    move || one.len() as u8 + *two
}

#[tracked]
fn fallible(text: &str) -> Result<impl Fn() -> usize + 'static, String> {
    Ok(move || text.len())
}

#[tracked]
fn iterator(list: &[u8]) -> Result<impl Iterator<Item = u8>, String> {
    if list.is_empty() {
        return Err(String::new());
    }
    Ok(list.iter().copied())
}

fn main() {}
