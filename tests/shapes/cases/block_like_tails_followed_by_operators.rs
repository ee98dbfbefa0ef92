#[tracked]
fn blocks(k: u8) -> Result<u8, String> {
    let _ = if k == 0 { 1 } else { 2 } + 3;
    if k == 1 {
        return { Ok(10) };
    }
    if k == 2 {
        return match k {
            2 => Err("two".to_owned()),
            _ => Ok(0),
        };
    }
    {
        println!("a block as a statement");
    }
    unsafe {
        match k {
            3 => ({ Ok(33) }),
            4 => return if k == 4 { Ok(44) } else { Err(String::new()) },
            5 => (|| Ok(55))(),
            6 => (match k {
                6 => Some(66),
                _ => None,
            })
            .ok_or(String::new()),
            7 => check(k),
            _ => (Err(format!("{k}"))),
        }
    }
}

fn check(n: u8) -> Result<u8, String> {
    n.checked_mul(50).ok_or_else(|| "large".to_owned())
}

fn main() {
    for k in 0..9 {
        println!("{k} {:?}", blocks(k));
    }
}
