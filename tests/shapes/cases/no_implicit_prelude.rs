#![no_implicit_prelude]

type Answer = ::std::result::Result<u8, ::std::string::String>;

#[tracked]
fn plain(n: u8) -> u8 {
    n + 1
}

#[tracked]
fn fallible(n: u8) -> ::std::result::Result<u8, ::std::string::String> {
    use ::std::result::Result::{Err, Ok};
    if n == 0 {
        return Err(::std::string::String::new());
    }
    let n = fallible(n - 1).or(Ok::<u8, ()>(n)).map_err(|()| ::std::string::String::new())?;
    Ok(plain(n))
}

#[tracked]
async fn waits(n: u8) -> Answer {
    let n = ::std::future::ready(n).await;
    if n == 1 { fallible(n) } else { fallible(fallible(n)?) }
}

fn main() {
    ::std::println!("{:?} {:?}", fallible(0), fallible(3));
    ::std::println!("{:?}", ::futures::executor::block_on(waits(1)));
}
