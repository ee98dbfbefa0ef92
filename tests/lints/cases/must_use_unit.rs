//! Must use unit.

#[tracked]
#[must_use]
pub fn nothing() {
    println!("nothing");
}

#[tracked]
#[must_use]
pub fn nothing_said() -> () {
    println!("nothing");
}

fn main() {}
