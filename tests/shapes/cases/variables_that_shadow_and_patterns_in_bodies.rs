#[derive(Clone, Copy)]
enum Kind {
    Left(u8),
    Right { value: u8 },
}

#[tracked]
fn shadows(n: Kind) -> Result<u8, u8> {
    use Kind::*;
    let (Left(n) | Right { value: n }) = n;
    let n = if let 1..=9 | 20 = n { n } else { return Err(n) };
    let n = {
        let n = n + 1;
        n
    };
    let ref borrowed @ (a, [.., b]) = (n, [n; 3]);
    let (mut x, y);
    (x, y) = (borrowed.0, b);
    [x, _] = [x + 1, 0];
    x += a;
    match (x, y) {
        (x, y) if x > 30 => Err(x - y),
        (0, ..) | (.., 0) => Ok(0),
        pair @ (1.., _) => Ok(pair.0 - pair.1),
    }
}

fn main() {
    for n in [0, 1, 9, 20] {
        println!("{:?} {:?}", shadows(Kind::Left(n)), shadows(Kind::Right { value: n }));
    }
}
