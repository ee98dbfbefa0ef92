#[tracked]
fn tuples(a: ((u8, (u8, u8)), u8)) -> Result<u8, (u8, (u8,))> {
    if a.0.1.0 == 0 {
        return Err((a.0.0, (a.1,)));
    }
    Ok(a.0.1.1)
}

#[tracked]
fn turbofish(text: &str) -> Result<Vec<u8>, std::num::ParseIntError> {
    let list = text.split(',').map(str::parse::<u8>).collect::<Result<Vec<_>, _>>()?;
    Ok(list.into_iter().rev().collect::<Vec<u8>>())
}

#[tracked]
fn comparisons(n: i64) -> Result<bool, i64> {
    if (n as usize) < 3 && -n <= 1 << 2 && !(n == 2) {
        return Ok((n as i8) < 1);
    }
    Err(--n & !1 | 8 >> 1)
}

#[tracked]
fn ranges(text: &str) -> Result<&str, std::ops::RangeInclusive<usize>> {
    let n = text.len();
    match n {
        0 => Err(0..=n),
        1 => Ok(&text[..]),
        2..=4 => Ok(&text[1..=n - 2 + 1][..1]),
        5.. => Ok(text.get(..n / 2).unwrap_or_default()),
    }
}

#[tracked]
fn literals() -> Result<(char, u8, &'static [u8], f64, &'static str), ()> {
    Ok(('\'', b'\n', br#"a"b"#, 1.5e-3_f64, r##"x"#y"##))
}

fn main() {
    println!("{:?} {:?}", tuples(((1, (0, 3)), 4)), tuples(((1, (2, 3)), 4)));
    println!("{:?} {:?}", turbofish("1,2"), turbofish("1,x").is_err());
    println!("{:?} {:?} {:?}", comparisons(0), comparisons(2), comparisons(-7));
    println!("{:?} {:?} {:?} {:?}", ranges(""), ranges("a"), ranges("abc"), ranges("abcdef"));
    println!("{:?}", literals());
}
