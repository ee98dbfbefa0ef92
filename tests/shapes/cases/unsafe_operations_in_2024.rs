// edition: 2024
#![deny(unsafe_op_in_unsafe_fn)]

#[tracked]
unsafe fn sum(pointer: *const u32, length: usize) -> Result<u32, String> {
    // SAFETY: the caller says so.
    let items = unsafe { std::slice::from_raw_parts(pointer, length) };
    items.iter().try_fold(0_u32, |sum, item| sum.checked_add(*item)).ok_or_else(|| "too much".to_owned())
}

#[tracked]
#[unsafe(no_mangle)]
pub extern "C" fn shapes_double(n: i32) -> i32 {
    n * 2
}

unsafe extern "C" {
    #[link_name = "shapes_double"]
    safe fn double_from_c(n: i32) -> i32;
}

fn main() {
    let items = [1, 2, u32::MAX];
    println!("{:?} {:?}", unsafe { sum(items.as_ptr(), 2) }, unsafe { sum(items.as_ptr(), 3) });
    println!("{}", double_from_c(21));
}
