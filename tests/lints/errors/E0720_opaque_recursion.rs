// says: E0720
//! E0720 opaque recursion.

#[tracked]
fn plain(number: u8) -> impl Sized {
    (plain(number), 3)
}

#[tracked]
fn fallible(number: u8) -> Result<impl Sized, String> {
    Ok((fallible(number), 3))
}

fn main() {}
