use std::cell::Cell;

macro_rules! last {
    ($($body:tt)*) => { $($body)* };
}

#[tracked]
fn braces(k: u8) -> Result<u8, String> {
    last! {
        let n = Cell::new(k);
        n.set(n.get() + 1);
        if n.get() > 5 {
            return Err(format!("{}", n.get()));
        }
        Ok(n.get())
    }
}

#[tracked]
fn items() -> Result<u8, String> {
    last! {
        const N: u8 = 3;
        fn triple(n: u8) -> u8 { n * N }
    }
    last! { Ok(triple(2)) }
}

#[tracked]
fn brackets(k: u8) -> Option<Vec<u8>> {
    vec![k; 2].into()
}

#[tracked]
fn unit(k: u8) -> Result<(), u8> {
    last! { if k > 0 { return Err(k); } }
    last! { Ok(()) }
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", braces(1), braces(5), items(), brackets(3));
    println!("{:?} {:?}", unit(0), unit(1));
}
