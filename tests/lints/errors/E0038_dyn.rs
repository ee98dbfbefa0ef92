//! E0038 dyn.

#[tracked]
fn plain(value: &dyn Clone) -> u8 {
    3
}

#[tracked]
fn fallible(number: u8) -> Result<Box<dyn Sized>, String> {
    Ok(Box::new(number))
}

fn main() {}
