//! Missing safety doc.

#[tracked]
/// Reads.
pub unsafe fn read(from: *const u8) -> u8 {
    unsafe { *from }
}

#[tracked]
/// Reads.
///
/// # Errors
///
/// At times.
pub unsafe fn read_fallible(from: *const u8) -> Result<u8, String> {
    if from.is_null() {
        return Err(String::new());
    }
    Ok(unsafe { *from })
}

fn main() {}
