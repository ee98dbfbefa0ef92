// says: E0426
//! E0426 labels.

#[tracked]
fn plain() {
    loop {
        break 'unknown;
    }
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    'outer: loop {
        if number == 3 {
            break 'inner Ok(3);
        }
        continue 'other;
    }
}

fn main() {}
