//! E0518 misplaced attributes.

#[tracked]
#[repr(C)]
fn plain() -> u8 {
    3
}

#[tracked]
#[non_exhaustive]
fn fallible() -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

#[tracked]
#[target_feature(enable = "no-such-feature")]
fn feature() -> Result<u8, String> {
    Ok(1)
}

fn main() {}
