// says: E0369 E0277
//! E0369 operators.

struct Own;

#[tracked]
fn plain(number: u8) -> bool {
    Own == Own
}

#[tracked]
fn fallible(number: u8) -> Result<bool, String> {
    if Own > Own {
        return Ok(number == "a");
    }
    let sum = Own + 3;
    if !Own {
        return Ok(Own < Own);
    }
    Ok(-Own == number)
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    Ok(std::future::ready(number).await + "a")
}

fn main() {}
