#[tracked]
fn always(number: u8) -> Result<u8, String> {
    Ok(number)
}

fn main() {
    println!("{:?}", always(3));
}
