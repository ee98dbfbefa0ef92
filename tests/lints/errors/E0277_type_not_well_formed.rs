// says: E0277
//! E0277 type not well formed.

struct Shown<T: std::fmt::Display>(T);
struct Own;

#[tracked]
fn plain(number: u8) -> Shown<Own> {
    Shown(Own)
}

#[tracked]
fn fallible(number: u8) -> Result<Shown<Own>, String> {
    Ok(Shown(Own))
}

#[tracked]
fn generic<T>(value: T) -> Shown<T> {
    Shown(value)
}

fn main() {}
