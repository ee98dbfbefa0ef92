// says: clippy::bool_comparison clippy::needless_bool clippy::nonminimal_bool clippy::needless_bool_assign
//! Bool comparison.

#[tracked]
pub fn plain(flag: bool) -> bool {
    if flag == true {
        return true;
    }
    if flag { true } else { false }
}

#[tracked]
pub fn fallible(flag: bool) -> Result<bool, String> {
    if flag == false {
        return Ok(flag != true);
    }
    let other;
    if flag {
        other = true;
    } else {
        other = false;
    }
    if !(flag == other) {
        return Ok(if flag { true } else { false });
    }
    Ok(flag == true)
}

#[tracked]
pub async fn later(flag: bool) -> Result<bool, String> {
    Ok(std::future::ready(flag).await == true)
}

fn main() {}
