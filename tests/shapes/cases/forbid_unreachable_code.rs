#![forbid(unreachable_code)]

#[tracked]
fn exits(k: u8) -> Result<u8, String> {
    match k {
        0 => Ok(1),
        1 => std::process::exit(3),
        2 => panic!("two"),
        k => check(k),
    }
}

#[tracked]
fn check(k: u8) -> Result<u8, String> {
    if k > 3 { Err("large".to_owned()) } else { Ok(k) }
}

type Answer = Result<u8, String>;

#[tracked]
fn by_type(k: u8) -> Answer {
    if k == 0 {
        return Ok(k);
    }
    loop {
        return check(k);
    }
}

fn main() {
    println!("{:?} {:?} {:?} {:?} {:?}", exits(0), exits(3), exits(4), by_type(0), by_type(4));
    let _ = exits(1);
}
