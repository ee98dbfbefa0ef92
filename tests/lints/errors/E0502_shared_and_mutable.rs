// says: E0502
//! E0502 shared and mutable.

#[tracked]
fn plain(list: &mut Vec<u8>) -> usize {
    let first = &list[0];
    list.push(*first);
    usize::from(*first)
}

#[tracked]
fn fallible(list: &mut Vec<u8>) -> Result<u8, String> {
    let first = list.first().ok_or_else(String::new)?;
    list.push(3);
    Ok(*first)
}

#[tracked]
fn in_the_tail(text: &mut String) -> Result<(), String> {
    push(text, text.as_str())
}

fn push(text: &mut String, other: &str) -> Result<(), String> {
    text.push_str(other);
    Ok(())
}

#[tracked]
fn in_a_loop(list: &mut Vec<u8>) -> Result<(), String> {
    for number in list.iter() {
        list.push(*number);
    }
    Ok(())
}

#[tracked]
async fn later(list: &mut Vec<u8>) -> Result<&u8, String> {
    let first = &list[0];
    list.push(std::future::ready(1).await);
    Ok(first)
}

fn main() {}
