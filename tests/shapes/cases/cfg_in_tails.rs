#[tracked]
fn system() -> Result<&'static str, String> {
    #[cfg(unix)]
    return Ok("unix");
    #[cfg(not(unix))]
    return Err("another".to_owned());
}

#[tracked]
fn tail(k: u8) -> Result<u8, u8> {
    if k > 100 {
        return Err(k);
    }
    #[cfg(any())]
    {
        missing(k)
    }
    #[cfg(not(any()))]
    {
        Ok(k)
    }
}

#[tracked]
fn arms(k: u8) -> Result<u8, u8> {
    match k {
        #[cfg(any())]
        0 => missing(),
        #[cfg(all())]
        0 => Ok(10),
        #[allow(clippy::needless_return)]
        1 => return Ok(11),
        #[allow(unused_parens)]
        k => (Err(k)),
    }
}

fn main() {
    println!("{:?} {:?} {:?} {:?} {:?} {:?}", system(), tail(1), tail(101), arms(0), arms(1), arms(2));
}
