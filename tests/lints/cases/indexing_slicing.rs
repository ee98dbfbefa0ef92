// says: clippy::indexing_slicing clippy::string_slice clippy::get_unwrap clippy::missing_asserts_for_indexing
//! Indexing slicing.

#[tracked]
pub fn plain(list: &[u8]) -> u8 {
    list[0]
}

#[tracked]
pub fn fallible(list: &[u8], text: &str) -> Result<u8, std::num::ParseIntError> {
    if list.is_empty() {
        return text[1..].parse();
    }
    if list[1..].is_empty() {
        return Ok(list[3] + list[4]);
    }
    Ok(*list.get(3).unwrap())
}

#[tracked]
pub async fn later(list: &[u8]) -> Result<u8, String> {
    Ok(list[usize::from(std::future::ready(1_u8).await)])
}

fn main() {}
