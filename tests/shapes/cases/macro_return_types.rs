macro_rules! result_of {
    ($ty:ty) => { Result<$ty, String> };
}

macro_rules! list {
    ($ty:ty) => { Vec<$ty> };
}

#[tracked]
fn fallible(k: u8) -> result_of!(u8) {
    if k == 0 {
        return Err("zero".to_owned());
    }
    Ok(k)
}

#[tracked]
fn plain(k: u8) -> list!(u8) {
    if k == 0 {
        return Vec::new();
    }
    vec![k; 2]
}

#[tracked]
fn nested(k: u8) -> Option<result_of!(list!(u8))> {
    Some(Ok(plain(k)))
}

fn main() {
    println!("{:?} {:?} {:?} {:?} {:?}", fallible(0), fallible(1), plain(0), plain(1), nested(2));
}
