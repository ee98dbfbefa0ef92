extern crate alloc as core;
extern crate alloc as std;

#[tracked]
fn half(n: u8) -> Result<u8, u8> {
    if n % 2 == 1 { Err(n) } else { Ok(n / 2) }
}

#[tracked]
async fn later(n: u8) -> Result<u8, u8> {
    ::core::boxed::Box::pin(async { half(n) }).await
}

fn main() {
    println!("{:?} {:?} {:?}", half(4), half(3), futures::executor::block_on(later(8)));
}
