#[tracked]
fn inside(k: u8) -> Result<u8, String> {
    static CALLSITE: u8 = 3;
    const ENTER: u8 = 4;
    mod telemetry_runtime {
        pub fn enter() -> u8 {
            5
        }
    }
    use telemetry_runtime::enter;
    macro_rules! finish {
        ($e:expr) => {
            Ok($e)
        };
    }
    fn ok(n: u8) -> Result<u8, String> {
        if n > 3 { Err("large".to_owned()) } else { Ok(n) }
    }
    if k == 0 {
        return finish!(CALLSITE + ENTER + enter());
    }
    Ok(ok(k)? + ok(1)?)
}

#[tracked]
fn shadowed(k: u8) -> Result<u8, u8> {
    struct Call(u8);
    impl Drop for Call {
        fn drop(&mut self) {
            println!("drop {}", self.0);
        }
    }
    let _call = Call(k);
    if k == 0 { Err(k) } else { Ok(k) }
}

fn main() {
    println!("{:?} {:?} {:?} {:?} {:?}", inside(0), inside(2), inside(4), shadowed(0), shadowed(1));
}
