#[derive(Debug, Clone, Copy, PartialEq)]
struct Pair {
    left: u8,
    right: u8,
}

impl std::ops::Not for Pair {
    type Output = Result<Pair, Pair>;
    #[tracked]
    fn not(self) -> Result<Pair, Pair> {
        if self.left > self.right { Err(self) } else { Ok(Pair { left: self.right, right: self.left }) }
    }
}

impl std::ops::Add for Pair {
    type Output = Result<Pair, Pair>;
    #[tracked]
    fn add(self, other: Pair) -> Self::Output {
        Ok(Pair { left: self.left + other.left, ..other })
    }
}

impl std::ops::Index<u8> for Pair {
    type Output = Result<u8, u8>;
    #[tracked]
    fn index(&self, at: u8) -> &Result<u8, u8> {
        if at == 0 { &Ok(1) } else { &Err(2) }
    }
}

#[tracked]
fn operators(k: u8, a: Pair) -> Result<Pair, Pair> {
    match k {
        0 => !a,
        1 => a + a,
        2 => (!a)? + a,
        3 => *&!a,
        _ => { !a }.or(Err(Pair { right: k, ..a })),
    }
}

fn main() {
    for k in 0..5 {
        println!("{:?} {:?}", operators(k, Pair { left: 1, right: 2 }), operators(k, Pair { left: 4, right: 3 }));
    }
    println!("{:?}", Pair { left: 1, right: 2 }[0]);
}
