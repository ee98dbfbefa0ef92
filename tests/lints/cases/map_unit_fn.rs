// says: map_unit_fn clippy::option_map_unit_fn clippy::result_map_unit_fn
//! Map unit fn.

fn nothing(number: u8) {
    println!("{number}");
}

#[tracked]
pub fn plain(number: Option<u8>) {
    number.map(nothing);
}

#[tracked]
pub fn fallible(number: Result<u8, String>) -> Result<(), String> {
    number.clone().map(nothing);
    vec![1].iter_mut().map(|number| *number += 1);
    number.map(nothing)
}

fn main() {}
