#![allow(non_snake_case, dead_code, unused_macros, non_camel_case_types)]
mod core {}
mod std {}
mod alloc {}
struct str;
struct u8;
struct bool;
struct usize;
struct String;
struct Option;
fn Some() {}
const None: i32 = 3;
fn drop() {}
struct Vec;
trait Drop {}
trait Fn {}
trait FnOnce {}
trait Future {}
trait IntoFuture {}
trait Sized2 {}
macro_rules! module_path {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! concat {
    () => {};
}

#[tracked]
fn plain(n: i32) -> i32 {
    n + None
}

#[tracked]
fn fallible(n: i32) -> Result<i32, &'static ::core::primitive::str> {
    if n == 0 {
        return Err("zero");
    }
    Ok(n + plain(n))
}

#[tracked]
async fn waits(n: i32) -> Result<i32, &'static ::core::primitive::str> {
    Ok(async { fallible(n) }.await? + 1)
}

fn main() {
    println!("{:?} {:?} {:?}", fallible(0), fallible(2), ::futures::executor::block_on(waits(2)));
}
