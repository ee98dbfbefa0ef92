#[tracked]
fn __(k: u8) -> Result<u8, u8> {
    if k == 0 { Err(k) } else { Ok(k) }
}

#[tracked]
fn _1() -> u8 {
    1
}

fn main() {
    println!("{:?} {:?} {}", __(0), __(1), _1());
}
