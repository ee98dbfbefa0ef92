// says: clippy::never_loop clippy::while_let_loop clippy::explicit_counter_loop
//! Never loop.

#[tracked]
pub fn plain(list: &[u8]) -> Option<u8> {
    for number in list {
        if *number == 3 {
            return Some(*number);
        }
    }
    None
}

#[tracked]
pub fn fallible(list: &[u8]) -> Result<u8, String> {
    let mut counter = 0;
    for number in list {
        println!("{counter} {number}");
        counter += 1;
    }
    for number in list {
        return Ok(*number);
    }
    loop {
        return "1".parse().map_err(|_| String::new());
    }
}

#[tracked]
pub async fn later(mut list: std::vec::IntoIter<u8>) -> Result<u8, String> {
    loop {
        let Some(number) = list.next() else { break };
        std::future::ready(number).await;
    }
    loop {
        break std::future::ready(Ok(1)).await;
    }
}

fn main() {}
