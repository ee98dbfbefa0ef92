#![no_main]

#[tracked]
fn count(arguments: i32) -> Result<u8, String> {
    u8::try_from(arguments).map_err(|error| error.to_string())
}

#[no_mangle]
#[tracked]
pub extern "C" fn main(arguments: i32, _values: *const *const u8) -> i32 {
    println!("{:?}", count(arguments));
    if count(-1).is_err() {
        return 3;
    }
    0
}
