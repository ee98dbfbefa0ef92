//! Functions that return a `Result`: only what may be a success is marked.

use telemetry_runtime::tracked;

#[tracked]
pub fn load(path: &str, kind: u8) -> Result<u8, String> {
    if kind == 0 {
        return Err("nothing".into());
    }
    if kind == 1 {
        return Ok(kind);
    }
    let number: u8 = parse(path)?;
    match number {
        2 => Ok(0),
        3 => Err(format!("three")),
        4 => Ok(parse("4")?),
        5 => return parse("5"),
        6 => panic!("six"),
        _ => parse("7"),
    }
}

fn parse(text: &str) -> Result<u8, String> {
    text.parse().map_err(|_| text.to_owned())
}
