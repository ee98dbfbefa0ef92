// edition: 2024
#[tracked]
fn captures(name: &str, count: usize) -> impl Iterator<Item = char> {
    name.chars().take(count)
}

#[tracked]
fn captures_nothing(name: &str) -> impl Fn(u8) -> usize + use<> {
    let length = name.len();
    move |n| length + n as usize
}

#[tracked]
fn in_ok<'a, T: Clone>(items: &'a [T], name: &str) -> Result<impl Iterator<Item = T> + use<'a, T>, usize> {
    match items {
        [] => Err(name.len()),
        [_, rest @ ..] => Ok(rest.iter().cloned()),
    }
}

fn main() {
    let add = captures_nothing(&String::from("abc"));
    println!("{} {}", captures("hello", 2).collect::<String>(), add(4));
    let rest = in_ok(&[1, 2, 3], &String::from("gone"));
    println!("{:?} {:?}", rest.map(Iterator::collect::<Vec<_>>), in_ok::<u8>(&[], "abc").err());
}
