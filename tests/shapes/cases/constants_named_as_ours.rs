#![allow(non_upper_case_globals)]
const __telemetry_call: u8 = 1;
const __telemetry_value: u8 = 2;

#[tracked]
fn uses(k: u8) -> Result<u8, u8> {
    let sum = __telemetry_call + __telemetry_value;
    if k == 0 { Err(sum) } else { uses(k - 1) }
}

fn main() {
    println!("{:?}", uses(1));
}
