#[derive(Debug)]
enum Result<T> {
    Ok(T),
    Err(u8),
    Other,
}
use self::Result::{Err, Ok, Other};

#[tracked]
fn redefined(k: u8) -> Result<u8> {
    if k == 0 {
        return Ok(k);
    }
    match k {
        1 => Ok(1),
        2 => Err(2),
        3 => Other,
        4 => redefined(0),
        5 => Result::Ok(k + 1),
        _ => 'found: {
            if k == 6 {
                break 'found Other;
            }
            Err(k)
        }
    }
}

#[derive(Debug)]
struct TestResult {
    passed: bool,
}

#[tracked]
fn test(passed: bool) -> TestResult {
    if passed {
        return TestResult { passed };
    }
    TestResult { passed: false }
}

fn main() {
    for k in 0..8 {
        println!("{:?}", redefined(k));
    }
    println!("{:?} {:?}", test(true).passed, test(false));
}
