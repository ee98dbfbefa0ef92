#[tracked]
fn odd(k: u8) -> Result<u8, String> {
    let closure = |n: u8| -> Result<u8, String> {
        if n == 0 {
            return Err("in the closure".to_owned());
        }
        return Ok(n);
    };
    let nested = async { return Ok::<u8, String>(1) };
    let n = match k {
        n if (n == 1 && return Ok(11)) => n,
        n if { if n == 2 { return Err("guard".to_owned()) } else { false } } => n,
        n => n,
    };
    let items = [n, if k == 3 { return Ok(33) } else { n }];
    let sum = n + (if k == 4 { return closure(0) } else { items[1] });
    let text = format!("{}", if k == 5 { return Ok(55) } else { sum });
    let constant = const { 1 + 2 };
    unsafe {
        if k == 6 {
            return closure(constant);
        }
    }
    let _never: u8 = (k == 7).then(|| 7).unwrap_or(if k == 8 { return Ok(88) } else { 0 });
    (|| {
        if k == 9 {
            return Ok(99);
        }
        futures::executor::block_on(nested).map(|n| n + text.len() as u8)
    })()
}

fn main() {
    for k in 0..11 {
        println!("{k} {:?}", odd(k));
    }
}
