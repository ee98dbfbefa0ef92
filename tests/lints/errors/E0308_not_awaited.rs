// says: E0308
//! E0308 not awaited.

async fn step() -> Result<u8, String> {
    Ok(1)
}

#[tracked]
async fn plain() -> Result<u8, String> {
    step()
}

#[tracked]
async fn in_ok(flag: bool) -> Result<u8, String> {
    if flag {
        return step();
    }
    let number: u8 = step();
    match step() {
        Ok(number) => Ok(number),
        Err(error) => Err(error),
    }
}

#[tracked]
fn in_sync() -> Result<u8, String> {
    step()
}

fn main() {}
