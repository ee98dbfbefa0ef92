// says: E0594 E0384 E0596
//! E0594 assigned.

#[tracked]
fn plain(number: u8, list: &Vec<u8>) -> u8 {
    number = 3;
    list.push(1);
    number
}

#[tracked]
fn fallible(list: Vec<u8>, text: &String) -> Result<usize, String> {
    list.push(1);
    text.push('a');
    let number = 3;
    number = 4;
    let borrowed = &mut list;
    Ok(number)
}

#[tracked]
fn tail(text: String) -> Result<(), String> {
    Ok(text.push('a'))
}

#[tracked]
fn tail_call(list: &[u8]) -> Result<u8, String> {
    list.first_mut().copied().ok_or_else(String::new)
}

#[tracked]
async fn later(number: u8, list: &[u8]) -> Result<u8, String> {
    number = std::future::ready(3).await;
    list[0] = 3;
    Ok(number)
}

struct Store(u8);

impl Store {
    #[tracked]
    fn set(&self) -> Result<(), String> {
        self.0 = 3;
        Ok(())
    }
}

fn main() {}
