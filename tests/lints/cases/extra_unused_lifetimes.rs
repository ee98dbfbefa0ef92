// says: clippy::extra_unused_lifetimes clippy::extra_unused_type_parameters
//! Extra unused lifetimes.

#[tracked]
fn plain<'a>(number: u8) -> u8 {
    number + 1
}

#[tracked]
fn fallible<T>(text: &str) -> Result<&str, String> {
    if text.is_empty() { Err(String::new()) } else { Ok(text) }
}

#[tracked]
async fn later<T, U: Default>(number: U) -> U {
    std::future::ready(number).await
}

#[tracked]
fn nothing<T>() {
    println!("nothing");
}

fn main() {}
