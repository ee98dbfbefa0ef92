#[tracked]
fn factorial(n: u64) -> Result<u64, String> {
    if n == 0 { Ok(1) } else { factorial(n - 1)?.checked_mul(n).ok_or_else(|| format!("{n}")) }
}

#[tracked]
fn is_even(n: u32) -> Result<bool, ()> {
    if n == 0 {
        return Ok(true);
    }
    is_odd(n - 1)
}

#[tracked]
fn is_odd(n: u32) -> Result<bool, ()> {
    match n {
        0 => Ok(false),
        n => is_even(n - 1),
    }
}

#[tracked]
async fn countdown(n: u8) -> Result<u8, u8> {
    if n == 0 {
        return Ok(0);
    }
    Ok(Box::pin(countdown(n - 1)).await? + 1)
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", factorial(10), factorial(30), is_even(101), is_odd(101));
    println!("{:?}", futures::executor::block_on(countdown(9)));
}
