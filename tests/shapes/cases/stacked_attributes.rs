#[tracked]
#[tracked]
fn twice(n: u8) -> Result<u8, String> {
    if n == 0 {
        return Err("zero".into());
    }
    if n == 1 {
        return Ok(10);
    }
    Ok(n.checked_mul(100).ok_or("large")?)
}

#[tracked]
#[inline]
#[tracked]
#[tracked]
async fn thrice(n: u8) -> Result<u8, String> {
    let n = std::future::ready(n).await;
    match n {
        0 => Err("zero".into()),
        n => twice(n),
    }
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", twice(0), twice(1), twice(2), twice(3));
    println!("{:?} {:?}", futures::executor::block_on(thrice(0)), futures::executor::block_on(thrice(1)));
}
