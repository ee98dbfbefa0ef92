//! Single call fn.

#[tracked]
fn plain() -> u8 {
    println!("plain");
    3
}

#[tracked]
fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[tracked]
async fn later() -> Result<u8, String> {
    std::future::ready(Ok(1)).await
}

#[tracked]
fn twice() -> u8 {
    println!("twice");
    3
}

fn main() {
    println!("{} {:?} {} {}", plain(), fallible("1"), twice(), twice());
    drop(later());
}
