#[tracked]
fn double(number: Option<u8>) -> Result<u8, String> {
    let number = number.ok_or("none")?;
    Ok(number * 2)
}

fn main() {
    println!("{:?} {:?}", double(Some(4)), double(None));
}
