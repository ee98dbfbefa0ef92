type Words = &'static [&'static str];

#[tracked]
fn words(k: u8) -> Result<&'static [&'static str], &'static u8> {
    match k {
        0 => Ok(&["a", concat!("b", "c")]),
        1 => Ok(&[]),
        2 => Err(&2),
        _ => return Ok(&[env!("CARGO_PKG_NAME"); 2]),
    }
}

#[tracked]
fn by_alias(k: u8) -> Words {
    match k {
        0 => &["x"],
        1 => return &["y", stringify!(z + 1)],
        _ => words(k).unwrap_or(&["none"]),
    }
}

#[tracked]
fn option() -> Result<&'static Option<&'static str>, ()> {
    Ok(&Some(stringify!(kept)))
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", words(0), words(1), words(2), words(3));
    println!("{:?} {:?} {:?} {:?}", by_alias(0), by_alias(1), by_alias(2), option());
}
