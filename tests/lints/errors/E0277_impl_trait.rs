// says: E0277
//! E0277 impl trait.

struct Own;

#[tracked]
fn plain() -> impl std::fmt::Display {
    Own
}

#[tracked]
fn fallible(number: u8) -> Result<impl std::fmt::Display, String> {
    if number == 1 {
        return Err(String::new());
    }
    Ok(Own)
}

#[tracked]
fn computed(number: u8) -> Result<impl Iterator<Item = u8>, String> {
    Ok(number.wrapping_add(3))
}

#[tracked]
fn future(number: u8) -> impl std::future::Future<Output = Result<u8, String>> {
    number
}

#[tracked]
async fn later(number: u8) -> Result<impl std::fmt::Display, String> {
    std::future::ready(()).await;
    Ok(vec![number])
}

fn main() {}
