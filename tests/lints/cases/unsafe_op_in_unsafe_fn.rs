// says: E0133 unsafe_code unused_unsafe clippy::undocumented_unsafe_blocks clippy::multiple_unsafe_ops_per_block clippy::not_unsafe_ptr_arg_deref
//! Unsafe op in unsafe fn.

unsafe fn number(from: *const u8) -> u8 {
    unsafe { *from }
}

#[tracked]
pub unsafe fn plain(from: *const u8) -> u8 {
    *from
}

#[tracked]
pub unsafe fn fallible(from: *const u8) -> Result<u8, String> {
    if from.is_null() {
        return Ok(number(from));
    }
    let one = unsafe { number(from) + number(from) };
    if one == 1 {
        return Ok(unsafe { 3 });
    }
    unsafe { Ok(one) }
}

#[tracked]
pub fn not_unsafe(from: *const u8) -> Result<u8, String> {
    if from.is_null() {
        return Err(String::new());
    }
    unsafe { Ok(*from) }
}

#[tracked]
pub async unsafe fn later(from: *const u8) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(*from)
}

fn main() {}
