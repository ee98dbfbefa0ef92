//! E0658 unstable.

#[tracked]
fn plain() -> u8 {
    let closure = #[inline] || 3;
    closure()
}

#[tracked]
fn never(number: u8) -> Result<u8, String> {
    let value: ! = panic!("no");
    if let Some(3) = #[allow(unused)] Some(number) {
        return Ok(1);
    }
    Ok(value)
}

#[tracked]
fn try_block(number: u8) -> Result<u8, String> {
    let found: Option<u8> = (|| Some(std::intrinsics::size_of::<u8>() as u8))();
    found.ok_or_else(String::new)
}

fn main() {}
