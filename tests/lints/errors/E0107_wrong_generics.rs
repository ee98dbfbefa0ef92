// says: E0107
//! E0107 wrong generics.

struct Wrapper<T>(T);

#[tracked]
fn plain() -> Wrapper {
    Wrapper(3)
}

#[tracked]
fn too_many(number: u8) -> Wrapper<u8, u8> {
    Wrapper(number)
}

#[tracked]
fn fallible(number: u8) -> Result<u8> {
    Ok(number)
}

#[tracked]
fn call() -> Result<u8, String> {
    identity::<u8, u8>(3)
}

fn identity<T>(value: T) -> Result<T, String> {
    Ok(value)
}

fn main() {}
