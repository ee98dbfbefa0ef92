#![allow(non_upper_case_globals, non_camel_case_types)]
static __telemetry_call: u8 = 1;
#[derive(Debug)]
struct __telemetry_value;

#[tracked]
fn uses(k: u8) -> Result<__telemetry_value, u8> {
    if k == 0 { Err(__telemetry_call) } else { uses(k - 1) }
}

fn main() {
    println!("{:?} {:?}", uses(1), __telemetry_value);
}
