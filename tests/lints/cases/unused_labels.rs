//! Unused labels.

#[tracked]
pub fn plain() {
    'outer: loop {
        break;
    }
}

#[tracked]
pub fn fallible() -> Result<u8, String> {
    'outer: for number in 0..3 {
        println!("{number}");
    }
    'tail: loop {
        return Ok(1);
    }
}

fn main() {}
