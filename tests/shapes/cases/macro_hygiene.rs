macro_rules! with_local {
    ($name:ident, $arg:ident => $e:expr) => {
        #[tracked]
        fn $name($arg: u8) -> Result<u8, String> {
            let n = 100;
            let call = 1;
            let guard = call + n;
            let outer = $e;
            if outer? == 0 {
                return Ok(guard);
            }
            Ok($e? + call)
        }
    };
}

fn check(n: u8) -> Result<u8, String> {
    if n > 9 { Err(format!("{n}")) } else { Ok(n) }
}

with_local!(same, n => check(n));
with_local!(call, call => check(call).map(|call| call * 2));
with_local!(guard, value => { let guard = check(value)?; Ok::<u8, String>(guard) });

fn main() {
    println!("{:?} {:?} {:?}", same(0), same(3), same(10));
    println!("{:?} {:?} {:?}", call(0), call(3), call(10));
    println!("{:?} {:?} {:?}", guard(0), guard(3), guard(10));
}
