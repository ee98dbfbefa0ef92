use std::fmt::Debug;

#[tracked]
fn pairs(count: u8) -> impl Iterator<Item = (u8, impl Fn(u8) -> u8)> {
    (0..count).map(|n| (n, move |m| n * m))
}

#[tracked]
fn layers(fail: bool) -> Result<Option<Result<impl Debug, impl Debug>>, impl Debug> {
    if fail {
        return Err(['e']);
    }
    let inner: Result<u8, String> = "7".parse::<u8>().map_err(|e| e.to_string());
    Ok(Some(inner))
}

#[tracked]
fn callbacks(of: impl Fn(&dyn Fn(u8) -> u8) -> u8) -> Result<impl Fn(u8) -> Box<dyn Fn() -> u8>, ()> {
    let factor = of(&|n| n + 1);
    Ok(move |n| -> Box<dyn Fn() -> u8> { Box::new(move || n * factor) })
}

fn main() {
    println!("{:?}", pairs(3).map(|(n, times)| n + times(10)).collect::<Vec<_>>());
    println!("{:?} {:?} {}", layers(false), layers(true), callbacks(|f| f(1)).unwrap()(5)());
}
