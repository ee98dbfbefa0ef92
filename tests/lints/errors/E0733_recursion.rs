// says: E0733
//! E0733 recursion.

#[tracked]
async fn plain(number: u8) -> u8 {
    if number == 0 {
        return 1;
    }
    plain(number - 1).await
}

#[tracked]
async fn fallible(number: u8) -> Result<u8, String> {
    if number == 0 {
        return Ok(1);
    }
    Ok(fallible(number - 1).await? + 1)
}

fn main() {}
