// says: non_upper_case_globals non_camel_case_types
//! Non upper case globals.

#[tracked]
pub fn plain() -> u8 {
    const number: u8 = 3;
    number
}

#[tracked]
pub fn fallible<t: Default>() -> Result<t, String> {
    static flag: bool = true;
    struct local_type;
    let _held = local_type;
    if flag { Ok(t::default()) } else { Err(String::new()) }
}

#[tracked]
pub async fn later() -> Result<u8, String> {
    const later_number: u8 = 1;
    std::future::ready(Ok(later_number)).await
}

fn main() {}
