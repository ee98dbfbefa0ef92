//! Unnecessary wraps.

#[tracked]
fn always(number: u8) -> Result<u8, String> {
    Ok(number)
}

#[tracked]
fn always_some(number: u8) -> Option<u8> {
    Some(number)
}

#[tracked]
fn always_early(number: u8) -> Result<u8, String> {
    if number == 1 {
        return Ok(2);
    }
    println!("{number}");
    Ok(number + always_some(number).unwrap_or(0))
}

#[tracked]
fn always_unit(number: u8) -> Result<(), String> {
    println!("{number}");
    Ok(())
}

#[tracked]
async fn always_in_the_end(number: u8) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(number)
}

struct Client;

impl Client {
    #[tracked]
    fn connect(&self, port: u16) -> Result<u16, String> {
        match port {
            0 => Ok(80),
            port => Ok(port),
        }
    }
}

fn main() {
    println!("{:?} {:?} {:?}", always(3), always_early(4), always_unit(5));
    println!("{:?}", Client.connect(1));
    drop(always_in_the_end(1));
}
