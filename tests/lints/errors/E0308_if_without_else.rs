// says: E0317
//! E0308 if without else.

#[tracked]
fn plain(number: u8) -> u8 {
    if number == 3 {
        number
    }
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    if number == 3 {
        Ok(number)
    }
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    if std::future::ready(number).await == 3 {
        std::future::ready(Ok(number)).await
    }
}

fn main() {}
