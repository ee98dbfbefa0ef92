//! Ptr arg.

#[tracked]
pub fn plain(list: &Vec<u8>) -> usize {
    list.len()
}

#[tracked]
pub fn fallible(text: &String, path: &std::path::PathBuf) -> Result<u8, std::num::ParseIntError> {
    println!("{}", path.display());
    text.parse()
}

#[tracked]
pub fn in_ok(list: &mut Vec<u8>) -> Result<usize, String> {
    Ok(list.len())
}

#[tracked]
pub fn cloned(text: &String) -> Result<String, String> {
    Ok(text.clone())
}

#[tracked]
pub async fn later(text: &String) -> Result<usize, String> {
    std::future::ready(()).await;
    Ok(text.len())
}

fn main() {}
