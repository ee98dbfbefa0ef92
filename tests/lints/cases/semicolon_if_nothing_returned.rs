//! Semicolon if nothing returned.

fn nothing() {}

#[tracked]
pub fn plain() {
    nothing()
}

#[tracked]
pub fn branches(number: u8) {
    if number == 1 {
        nothing()
    } else {
        println!("other")
    }
}

#[tracked]
pub async fn later() {
    std::future::ready(()).await
}

#[tracked]
pub fn fallible(number: u8) -> Result<(), String> {
    if number == 1 {
        nothing()
    }
    match number {
        2 => {
            return Ok(())
        }
        _ => nothing(),
    }
    Ok(())
}

fn main() {}
