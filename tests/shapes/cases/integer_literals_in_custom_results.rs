#[derive(Debug, PartialEq)]
struct Wide(u64);

type Answer<T = u64> = Result<T, Wide>;
type Flipped<E, T> = Result<T, E>;

#[tracked]
fn wide(k: u8) -> Answer {
    if k == 0 {
        return Ok(1 << 40);
    }
    if k == 1 { Err(Wide(1 << 41)) } else { Ok(-1 as i64 as u64) }
}

#[tracked]
fn flipped(k: u8) -> Flipped<u64, i128> {
    match k {
        0 => Ok(1 << 100),
        1 => Ok((1 << 100) - "1".parse::<i128>().map_err(|_| 1_u64 << 50)?),
        _ => Err(1 << 60),
    }
}

fn main() {
    println!("{:?} {:?} {:?}", wide(0), wide(1), wide(2));
    println!("{:?} {:?} {:?}", flipped(0), flipped(1), flipped(2));
}
