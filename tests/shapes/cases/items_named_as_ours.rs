#![allow(non_camel_case_types, dead_code)]
mod telemetry_runtime {
    pub mod private {}
}
mod telemetry_macros {}
mod private {}
mod telemetry {}
fn enter() -> u8 {
    1
}
fn finish(n: u8) -> Result<u8, u8> {
    Ok(n)
}
fn ok() {}
fn will_ok() {}
fn awaiting() {}
fn __telemetry_call() -> u8 {
    7
}
fn __telemetry_value() {}
struct Call;
struct Callsite(u8);
struct Probe;
struct TypeProbe<T>(T);
trait ProbeDefault {}
trait TypeProbeDefault {}
static CALLSITE: u8 = 2;
const guard: u8 = 3;
const call: u8 = 4;
type Answer = Result<u8, u8>;

#[tracked]
fn all(k: u8) -> Result<u8, u8> {
    if k == 0 {
        return finish(CALLSITE);
    }
    Ok(enter() + finish(k)? + CALLSITE + guard + call + __telemetry_call())
}

#[tracked]
async fn by_type(k: u8) -> Answer {
    std::future::ready(()).await;
    if k > 0 { finish(k) } else { Err(Callsite(k).0) }
}

fn main() {
    println!("{:?} {:?}", all(0), all(1));
    println!("{:?} {:?}", futures::executor::block_on(by_type(0)), futures::executor::block_on(by_type(1)));
}
