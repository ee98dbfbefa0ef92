#[inline]
#[tracked]
fn inline(n: u8) -> Result<u8, u8> {
    Ok(n + 1)
}

#[tracked]
#[inline(always)]
#[cold]
fn cold(n: u8) -> Result<u8, u8> {
    if n > 5 { Err(n) } else { Ok(n) }
}

/// Documented.
#[tracked]
#[must_use = "it is why it is called"]
#[deprecated(since = "0.1.0", note = "there are better ones")]
#[inline(never)]
pub fn old(n: u8) -> Option<u8> {
    n.checked_sub(1)
}

#[tracked]
#[doc(hidden)]
#[allow(non_snake_case, clippy::all)]
pub(crate) fn Upper(n: u8) -> u8 {
    let Local = n;
    Local
}

#[cfg(not(any()))]
#[tracked]
#[cfg_attr(all(), allow(unused_variables))]
fn present(unused: u8) -> &'static str {
    "present"
}

#[cfg(any())]
#[tracked]
fn absent() -> Missing {}

#[allow(deprecated)]
fn main() {
    println!("{:?} {:?} {:?} {:?} {} {}", inline(1), cold(2), cold(9), old(0), Upper(3), present(1));
}
