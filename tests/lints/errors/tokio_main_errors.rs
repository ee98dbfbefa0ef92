//! Tokio main errors.

#[tokio::main]
#[tracked]
async fn main() -> Result<(), String> {
    let number: String = 3;
    Ok(number)
}
