#[tracked]
fn labelled(k: u8) -> Result<u8, String> {
    let n = 'value: {
        if k == 0 {
            break 'value 100;
        }
        if k == 1 {
            return Err("one".to_owned());
        }
        k
    };
    'outer: for round in 0.. {
        loop {
            match round {
                0 => continue 'outer,
                1 if k == 2 => return Ok(n + 50),
                2 => break 'outer,
                _ => break,
            }
        }
    }
    'tail: {
        if k == 3 {
            break 'tail Ok(30);
        }
        let found = loop {
            break if k == 4 { Err("four".to_owned()) } else { break 'tail check(n) };
        };
        found
    }
}

fn check(n: u8) -> Result<u8, String> {
    if n > 5 { Err(format!("{n}")) } else { Ok(n) }
}

#[tracked]
fn endless(k: u8) -> Result<u8, String> {
    let mut round = 0;
    loop {
        round += 1;
        if round == k {
            return Ok(round);
        }
        check(round)?;
    }
}

fn main() {
    for k in 0..7 {
        println!("{:?} {:?}", labelled(k), endless(k));
    }
}
