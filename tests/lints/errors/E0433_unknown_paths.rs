// says: E0433 E0432
//! E0433 unknown paths.

#[tracked]
fn plain() -> u8 {
    unknown::name()
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    use unknown::Name;
    if number == 1 {
        return unknown::fallible();
    }
    let map = HashMap::new();
    Ok(Unknown::new(number))
}

#[tracked]
async fn later() -> Result<u8, String> {
    unknown::name().await
}

fn main() {}
