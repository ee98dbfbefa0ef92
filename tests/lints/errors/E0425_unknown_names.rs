// says: E0425
//! E0425 unknown names.

#[tracked]
fn plain() -> u8 {
    unknown
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    if number == 1 {
        return Ok(unknown);
    }
    if number == 2 {
        return unknown();
    }
    let one = unknown()?;
    println!("{unknown}");
    match number {
        3 => Ok(unknown + 1),
        4 => Ok(unknown()?),
        _ => unknown(number),
    }
}

#[tracked]
fn ours() -> Result<u8, String> {
    drop(__telemetry_call);
    drop(__telemetry_value);
    drop(CALLSITE);
    enter(&CALLSITE);
    finish(3)
}

#[tracked]
async fn later() -> Result<u8, String> {
    unknown().await?;
    unknown.await
}

fn main() {}
