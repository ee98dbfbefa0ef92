#![allow(non_snake_case)]
type Answer = std::result::Result<u8, String>;

fn Ok(n: u8) -> Answer {
    if n > 5 { std::result::Result::Err(format!("{n} is not ok")) } else { std::result::Result::Ok(n) }
}

fn Err(n: u8) -> Answer {
    Ok(n + 1)
}

#[tracked]
fn functions(k: u8) -> Result<u8, String> {
    match k {
        0 => Ok(1),
        1 => return Ok(10),
        2 => Err(2),
        3 => Ok(Err(3)? + 4),
        _ => return Err(k),
    }
}

fn main() {
    for k in 0..6 {
        println!("{:?}", functions(k));
    }
}
