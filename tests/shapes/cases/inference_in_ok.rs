use std::collections::BTreeMap;

#[tracked]
fn default(k: u8) -> Result<BTreeMap<u8, String>, String> {
    match k {
        0 => Ok(Default::default()),
        1 => Ok([(1, "one".into())].into()),
        2 => Ok((0..3).map(|n| Ok::<_, String>((n, n.to_string()))).collect::<Result<_, _>>()?),
        _ => Ok("a b".split(' ').zip(1..).map(|(text, n)| (n, text.into())).collect()),
    }
}

#[tracked]
fn number(text: &str) -> Result<u64, std::num::ParseIntError> {
    if text == "max" {
        return Ok(!0);
    }
    Ok(text.parse()?)
}

#[tracked]
fn into(text: &str) -> Result<Box<str>, String> {
    Ok(text.into())
}

#[tracked]
fn shift(by: u32) -> Result<u64, String> {
    Ok(1 << by)
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", default(0), default(1), default(2), default(3));
    println!("{:?} {:?} {:?} {:?} {:?}", number("max"), number("7"), number("x"), into("a"), shift(40));
}
