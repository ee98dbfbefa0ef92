use std::collections::BTreeMap;

#[tracked]
fn half(n: u8) -> Result<u8, String> {
    if n % 2 == 1 { Err(format!("{n}")) } else { Ok(n / 2) }
}

#[tracked]
fn generic<T: std::fmt::Debug>(value: T) -> Result<String, ()> {
    Ok(format!("{value:?}"))
}

#[tracked]
unsafe extern "C" fn from_c(n: i32) -> i32 {
    -n
}

#[tracked]
fn borrow<'a>(text: &'a str) -> Result<&'a str, ()> {
    text.get(1..).ok_or(())
}

const HALF: fn(u8) -> Result<u8, String> = half;
static FROM_C: unsafe extern "C" fn(i32) -> i32 = from_c;
const TABLE: [(&str, fn(&'static str) -> Result<String, ()>); 1] = [("generic", generic::<&'static str>)];

fn apply(f: impl for<'a> Fn(&'a str) -> Result<&'a str, ()>) -> Result<usize, ()> {
    let text = String::from("abc");
    f(&text).map(str::len)
}

fn main() {
    let higher: for<'a> fn(&'a str) -> Result<&'a str, ()> = borrow;
    println!("{:?} {:?} {}", HALF(4), HALF(3), unsafe { FROM_C(5) });
    println!("{:?} {:?} {:?}", TABLE[0].1("x"), apply(borrow), apply(higher));
    println!("{:?}", [2, 3].map(half).into_iter().collect::<Result<Vec<_>, _>>());
    let by_name: BTreeMap<_, fn(u8) -> _> = [("half", half as fn(u8) -> _)].into();
    println!("{:?} {}", by_name["half"](8), std::mem::size_of_val(&half));
}
