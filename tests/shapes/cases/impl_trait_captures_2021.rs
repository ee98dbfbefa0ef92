use std::fmt::Debug;

#[tracked]
fn without(name: &str, count: usize) -> impl Iterator<Item = usize> + 'static {
    let length = name.len();
    (0..count).map(move |n| n * length)
}

#[tracked]
fn with<'a>(name: &'a str, wanted: impl Fn(&char) -> bool + 'a) -> impl Iterator<Item = char> + Debug + 'a {
    name.chars().filter(wanted).collect::<Vec<_>>().into_iter()
}

#[tracked]
fn in_ok<'a>(name: &'a str) -> Result<impl Iterator<Item = char> + 'a, String> {
    if name.is_empty() {
        return Err("empty".to_owned());
    }
    Ok(name.chars().rev())
}

fn main() {
    let kept = {
        let name = String::from("abc");
        without(&name, 3)
    };
    println!("{:?} {:?}", kept.collect::<Vec<_>>(), with("a1b2", |c| c.is_numeric()));
    println!("{:?} {:?}", in_ok("abc").map(Iterator::collect::<String>), in_ok("").err());
}
