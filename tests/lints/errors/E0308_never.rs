// says: E0308
//! E0308 never.

#[tracked]
fn plain(number: u8) -> ! {
    if number == 3 {
        panic!("no");
    }
}

#[tracked]
fn ends() -> ! {
    println!("no");
}

fn main() {}
