#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
#[tracked]
fn count(bits: u64) -> Result<u32, String> {
    use std::arch::x86_64::_mm_crc32_u8;
    if bits == 0 {
        return Err("nothing".into());
    }
    Ok(_mm_crc32_u8(0, bits as u8))
}

#[tracked]
#[target_feature(enable = "sse2")]
unsafe fn plain(n: u8) -> u8 {
    n + 1
}

#[cfg(target_arch = "x86_64")]
fn main() {
    if is_x86_feature_detected!("sse4.2") {
        println!("{:?} {:?}", unsafe { count(0) }, unsafe { count(7) });
    }
    println!("{}", unsafe { plain(1) });
}
