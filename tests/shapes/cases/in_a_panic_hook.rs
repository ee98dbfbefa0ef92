#[tracked]
fn report(message: Option<&str>) -> Result<usize, String> {
    let message = message.ok_or_else(|| "no message".to_owned())?;
    println!("hook: {message}");
    Ok(message.len())
}

#[tracked]
fn install() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        println!("{:?}", report(info.payload_as_str()));
        before(info);
    }));
}

#[tracked]
fn fails(n: usize) -> Result<u8, String> {
    match n {
        0 => panic!("zero"),
        1 => std::panic::panic_any(1_u8),
        _ => Ok(1),
    }
}

fn main() {
    install();
    for n in 0..3 {
        println!("{:?}", std::panic::catch_unwind(|| fails(n)).is_ok());
    }
    let _ = fails(0);
}
