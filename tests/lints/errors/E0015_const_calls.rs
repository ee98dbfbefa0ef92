// says: E0015
//! E0015 const calls.

fn number() -> u8 {
    3
}

#[tracked]
fn plain() -> u8 {
    const NUMBER: u8 = number();
    NUMBER
}

#[tracked]
fn fallible() -> Result<u8, String> {
    static TEXT: String = String::from("a");
    let list = [0; number() as usize];
    Ok(const { number() })
}

fn main() {}
