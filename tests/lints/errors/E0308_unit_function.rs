// says: E0308
//! E0308 unit function.

#[tracked]
fn plain(number: u8) {
    number
}

#[tracked]
fn returns(number: u8) {
    return number;
}

#[tracked]
fn returns_ok(number: u8) {
    if number == 1 {
        return Ok(());
    }
    Ok(())
}

#[tracked]
async fn later(number: u8) {
    Ok(std::future::ready(number).await)
}

fn main() {}
