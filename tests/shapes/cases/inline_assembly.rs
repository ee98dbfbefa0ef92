#[cfg(target_arch = "x86_64")]
#[tracked]
fn add(a: u64, b: u64) -> Result<u64, u64> {
    let mut sum = a;
    let carry: u8;
    unsafe {
        std::arch::asm!("add {0}, {1}", "setc {2}", inout(reg) sum, in(reg) b, out(reg_byte) carry);
    }
    if carry == 1 { Err(sum) } else { Ok(sum) }
}

#[cfg(target_arch = "x86_64")]
fn main() {
    println!("{:?} {:?}", add(1, 2), add(u64::MAX, 3));
}
