#[tracked]
fn call<F>(f: F) -> Result<usize, String>
where
    F: for<'a> Fn(&'a str, &'a mut Vec<&'a str>) -> Result<&'a str, &'a str>,
{
    let text = String::from("abc");
    let mut seen = vec![];
    f(&text, &mut seen).map(str::len).map_err(|error| error.to_owned())
}

#[tracked]
fn returns_one<'a>(prefix: &'a str) -> impl for<'b> Fn(&'b str) -> Result<&'b str, &'a str> {
    move |text| text.strip_prefix(prefix).ok_or(prefix)
}

#[tracked]
fn boxed() -> Result<Box<dyn for<'a> Fn(&'a [u8]) -> &'a [u8]>, ()> {
    Ok(Box::new(|items| &items[1..]))
}

#[tracked]
fn composed(f: &mut dyn FnMut(u8) -> Option<u8>, n: u8) -> Result<u8, u8> {
    let once = f(n).ok_or(1)?;
    Ok(f(once).ok_or(2)?)
}

fn main() {
    println!("{:?} {:?}", call(|text, _| Ok(&text[1..])), call(|_, _| Err("no")));
    println!("{:?} {:?}", returns_one("a")("abc"), returns_one("x")("abc"));
    println!("{:?} {:?}", boxed().unwrap()(&[1, 2]), composed(&mut |n| n.checked_sub(3), 5));
}
