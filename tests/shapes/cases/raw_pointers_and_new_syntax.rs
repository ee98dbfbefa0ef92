// edition: 2024
union Bits {
    float: f32,
    int: u32,
}

#[tracked]
fn raw(items: &mut [u16; 2]) -> Result<u16, *const u16> {
    let first = &raw mut items[0];
    let second = &raw const items[1];
    unsafe {
        *first += *second;
        if (*first).is_power_of_two() { Ok(first.read()) } else { Err(std::ptr::null()) }
    }
}

#[tracked]
fn bits(float: f32) -> Result<u32, std::ffi::CString> {
    let bits = Bits { float };
    match (unsafe { bits.int }, const { u32::MAX / 2 }) {
        (int @ ..0x4000_0000, _) => Ok(int),
        (int, max) if int > max => Err(c"negative".to_owned()),
        (_, _) => Err(c"large".into()),
    }
}

#[tracked]
unsafe fn through<'a, T: ?Sized>(pointer: *const T) -> Option<&'a T> {
    unsafe { pointer.as_ref() }
}

fn main() {
    println!("{:?} {:?}", raw(&mut [1, 3]), raw(&mut [1, 2]).is_err());
    println!("{:?} {:?} {:?}", bits(1.0), bits(-1.0), bits(4.0));
    println!("{:?}", unsafe { through::<str>("text") });
}
