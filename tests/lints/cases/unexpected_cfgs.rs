//! Unexpected cfgs.

#[tracked]
#[cfg_attr(no_such_flag, inline)]
pub fn plain(number: u8) -> u8 {
    #[cfg(no_such_flag)]
    println!("never");
    number
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    if cfg!(no_such_flag) {
        return Ok(1);
    }
    #[cfg(feature = "no-such-feature")]
    return Ok(2);
    #[cfg(not(feature = "no-such-feature"))]
    Ok(number)
}

fn main() {}
