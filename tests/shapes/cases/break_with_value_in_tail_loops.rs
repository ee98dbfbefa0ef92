#[tracked]
fn outer(k: u8) -> Result<u8, u8> {
    'a: loop {
        let n = loop {
            if k == 0 {
                break 'a Ok(0);
            }
            break k;
        };
        while n > 1 {
            if n == 2 {
                break 'a Err(n);
            }
            return Ok(n);
        }
        break Ok(9);
    }
}

#[tracked]
fn only_inner_breaks(k: u8) -> Result<u8, u8> {
    let mut n = k;
    loop {
        loop {
            n += 1;
            if n % 5 == 0 {
                break;
            }
        }
        for _ in 0..2 {
            break;
        }
        if n > 9 {
            return if k > 5 { Err(n) } else { Ok(n) };
        }
    }
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", outer(0), outer(1), outer(2), outer(3));
    println!("{:?} {:?}", only_inner_breaks(1), only_inner_breaks(7));
}
