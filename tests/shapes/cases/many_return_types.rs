use std::borrow::Cow;
use std::collections::HashMap;

type Pairs<'a> = HashMap<&'a str, Result<u8, String>>;
type Both = (Result<u8, u8>, Option<Result<u8, u8>>);
type Callback<'a> = dyn Fn(u8) -> Result<u8, u8> + 'a;

#[tracked]
fn pairs(text: &str) -> Pairs<'_> {
    text.split(' ').map(|part| (part, part.parse().map_err(|_| part.to_owned()))).collect()
}

#[tracked]
fn both(k: u8) -> Both {
    if k == 0 {
        return (Err(k), None);
    }
    (Ok(k), Some(Err(k)))
}

#[tracked]
fn reference<'a>(from: &'a Result<u8, String>) -> &'a Result<u8, String> {
    from
}

#[tracked]
fn array<const N: usize>() -> [Result<usize, ()>; N] {
    std::array::from_fn(|n| if n % 2 == 0 { Ok(n) } else { Err(()) })
}

#[tracked]
fn callback<'a>(by: &'a u8) -> &'a Callback<'a> {
    Box::leak(Box::new(move |n: u8| n.checked_sub(*by).ok_or(*by)))
}

#[tracked]
fn nested(k: u8) -> Result<Result<Option<u8>, u8>, Box<Result<(), u8>>> {
    match k {
        0 => Ok(Ok(None)),
        1 => Ok(Err(1)),
        _ => Err(Box::new(Err(k))),
    }
}

#[tracked]
fn cow(text: &str) -> Cow<'_, str> {
    if text.is_empty() { "empty".into() } else { text.to_uppercase().into() }
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", pairs("1")["1"], pairs("x")["x"], both(0), both(1));
    println!("{:?} {:?} {:?}", reference(&Ok(1)), array::<3>(), [callback(&2)(1), callback(&2)(3)]);
    println!("{:?} {:?} {:?} {} {}", nested(0), nested(1), nested(2), cow(""), cow("a"));
}
