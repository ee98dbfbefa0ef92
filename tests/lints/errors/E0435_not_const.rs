// says: E0435
//! E0435 not const.

#[tracked]
fn plain(number: usize) -> usize {
    let list = [0; number];
    list.len()
}

#[tracked]
fn fallible(number: usize) -> Result<usize, String> {
    const OTHER: usize = number;
    Ok([0; number].len())
}

fn main() {}
