// says: E0069
//! E0069 return without value.

#[tracked]
fn plain(number: u8) -> u8 {
    if number == 3 {
        return;
    }
    number
}

#[tracked]
fn fallible(number: u8) -> Result<(), String> {
    if number == 3 {
        return;
    }
    Ok(())
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    if number == 3 {
        return;
    }
    std::future::ready(Ok(number)).await
}

fn main() {}
