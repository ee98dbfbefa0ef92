#[tracked]
unsafe fn read(pointer: *const u8, length: usize) -> Result<u8, &'static str> {
    if length == 0 {
        return Err("empty");
    }
    #[allow(unused_unsafe)]
    unsafe {
        Ok(*pointer.add(length - 1))
    }
}

#[tracked]
unsafe fn implicit(pointer: *mut u8) -> u8 {
    *pointer += 1;
    *pointer
}

unsafe trait Zero {
    unsafe fn zero() -> Result<Self, ()>
    where
        Self: Sized;
}

unsafe impl Zero for u8 {
    #[tracked]
    unsafe fn zero() -> Result<u8, ()> {
        Ok(unsafe { std::mem::zeroed() })
    }
}

fn main() {
    let mut items = [1, 2, 3];
    unsafe {
        println!("{:?} {:?}", read(items.as_ptr(), 3), read(items.as_ptr(), 0));
        println!("{:?} {:?}", implicit(&mut items[0]), u8::zero());
    }
}
