//! Unused async.

#[tracked]
pub async fn nothing_to_wait_for(number: u8) -> u8 {
    number + 1
}

#[tracked]
pub async fn nothing_to_wait_for_either(number: u8) -> Result<u8, String> {
    if number == 0 {
        return Err("zero".to_owned());
    }
    Ok(number + 1)
}

#[tracked]
pub async fn only_an_inner_future_waits() -> usize {
    let inner = async { std::future::ready(1).await };
    size_of_val(&inner)
}

#[tracked]
pub async fn waits(number: u8) -> Result<u8, String> {
    Ok(std::future::ready(number).await)
}

pub struct Client;

impl Client {
    #[tracked]
    pub async fn ping(&self) {
        println!("ping");
    }
}

fn main() {}
