use std::thread::Builder;

#[tracked]
fn sum(items: &[u8]) -> Result<u8, String> {
    let mut sum = 0_u8;
    for item in items {
        sum = sum.checked_add(*item).ok_or_else(|| "large".to_owned())?;
    }
    Ok(sum)
}

#[tracked]
fn twice(items: &[u8]) -> Result<u8, String> {
    sum(items)?.checked_mul(2).ok_or_else(|| "large".to_owned())
}

fn main() {
    let thread = Builder::new().stack_size(64 * 1024).spawn(|| (twice(&[1, 2]), twice(&[255, 1])));
    println!("{:?}", thread.unwrap().join().unwrap());
}
