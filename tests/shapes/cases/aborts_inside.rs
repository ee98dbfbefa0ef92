#[tracked]
fn abort(k: u8) -> Result<u8, String> {
    println!("before {k}");
    match k {
        0 => Ok(0),
        _ => std::process::abort(),
    }
}

fn main() {
    println!("{:?}", abort(0));
    let _ = abort(1);
}
