// says: E0401 E0434
//! E0401 outer generics.

#[tracked]
fn plain<T>(value: T) -> u8 {
    fn inner(value: T) -> u8 {
        3
    }
    3
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    fn inner() -> Result<u8, String> {
        Ok(number)
    }
    inner()
}

impl<T> Store<T> {
    #[tracked]
    fn get(&self) -> Result<u8, String> {
        fn inner(value: Self) -> u8 {
            3
        }
        Ok(3)
    }
}

struct Store<T>(T);

fn main() {}
