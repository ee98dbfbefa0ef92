//! Unused results.

#[tracked]
pub fn puts(list: &mut std::collections::HashSet<u8>) {
    list.insert(1);
    number();
}

#[tracked]
pub fn puts_fallible(list: &mut std::collections::HashSet<u8>) -> Result<(), String> {
    list.insert(1);
    fallible()?;
    if list.is_empty() {
        number();
        return Ok(());
    }
    number();
    Ok(())
}

#[tracked]
pub async fn puts_later(list: &mut std::collections::HashSet<u8>) -> Result<u8, String> {
    list.insert(1);
    std::future::ready(1).await;
    fallible()
}

fn number() -> u8 {
    3
}

fn fallible() -> Result<u8, String> {
    Err(String::new())
}

fn main() {}
