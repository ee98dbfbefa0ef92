use std::ffi::{CStr, c_char, c_int};

#[no_mangle]
#[tracked]
pub extern "C" fn shapes_add(a: c_int, b: c_int) -> c_int {
    a + b
}

#[tracked]
extern "C" fn compare(a: *const c_int, b: *const c_int) -> c_int {
    unsafe { (*a).cmp(&*b) as c_int }
}

#[tracked]
unsafe extern "C-unwind" fn length(text: *const c_char) -> c_int {
    CStr::from_ptr(text).to_bytes().len() as c_int
}

extern "C" {
    #[link_name = "shapes_add"]
    fn add_from_c(a: c_int, b: c_int) -> c_int;
    fn qsort(base: *mut c_int, count: usize, size: usize, compare: extern "C" fn(*const c_int, *const c_int) -> c_int);
}

fn main() {
    let mut items = [3, 1, 2];
    unsafe {
        qsort(items.as_mut_ptr(), 3, size_of::<c_int>(), compare);
        println!("{items:?} {} {}", add_from_c(1, 2), length(c"abc".as_ptr()));
    }
}
