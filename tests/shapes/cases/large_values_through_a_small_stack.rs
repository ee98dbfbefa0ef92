type Large = [u8; 100_000];

#[tracked]
fn first(k: u8) -> Result<Large, String> {
    second(k)
}

#[tracked]
fn second(k: u8) -> Result<Large, String> {
    match k {
        0 => third(k),
        1 => third(1),
        _ => third(k + 1),
    }
}

#[tracked]
fn third(k: u8) -> Result<Large, String> {
    if k == 0 { Err("zero".to_owned()) } else { Ok([k; 100_000]) }
}

fn main() {
    let run = || (first(0).map(|large| large[1]), first(1).map(|large| large[1]));
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap();
    println!("{:?}", thread.join().unwrap());
}
