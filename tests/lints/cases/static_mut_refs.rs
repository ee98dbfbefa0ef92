// says: static_mut_refs clippy::borrow_interior_mutable_const
//! Static mut refs.

static mut COUNTER: u8 = 0;
const CELL: std::cell::Cell<u8> = std::cell::Cell::new(1);

#[tracked]
pub fn plain() -> u8 {
    unsafe { *&COUNTER + CELL.get() }
}

#[tracked]
pub fn fallible(number: u8) -> Result<&'static u8, String> {
    if number == 0 {
        return unsafe { Ok(&COUNTER) };
    }
    println!("{}", CELL.get());
    Ok(unsafe { &COUNTER })
}

fn main() {}
