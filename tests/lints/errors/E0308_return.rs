// says: E0308
//! E0308 return.

#[tracked]
fn plain(number: u8) -> String {
    if number == 1 {
        return 3;
    }
    return number;
}

#[tracked]
fn fallible(number: u8) -> Result<String, String> {
    if number == 1 {
        return Ok(number);
    }
    if number == 2 {
        return number;
    }
    if number == 3 {
        return number.to_string();
    }
    if number == 4 {
        return Ok(number.wrapping_add(3));
    }
    if number == 5 {
        return Err(number);
    }
    if number == 6 {
        return Some(number);
    }
    return number.checked_add(1);
}

#[tracked]
async fn later(number: u8) -> Result<String, String> {
    if number == 1 {
        return Ok(std::future::ready(number).await);
    }
    if number == 2 {
        return std::future::ready(number).await;
    }
    return Ok(number);
}

fn main() {}
