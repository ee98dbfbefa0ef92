#[tracked]
fn main() -> Result<(), String> {
    let items: Vec<u8> = Vec::new();
    println!("before");
    Ok(println!("{}", items[std::hint::black_box(2)]))
}
