// says: unknown_lints renamed_and_removed_lints
//! Unknown lints.

#[tracked]
#[allow(no_such_lint)]
#[allow(clippy::no_such_lint)]
pub fn plain(number: u8) -> u8 {
    #[allow(overlapping_patterns)]
    let other = number;
    other + 1
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    #![allow(no_such_lint)]
    #[allow(another_one)]
    if number == 3 {
        return Ok(1);
    }
    Ok(number)
}

fn main() {}
