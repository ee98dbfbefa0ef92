#[tracked]
fn first(items: &mut [u8]) -> Result<&mut u8, String> {
    items.first_mut().ok_or_else(|| "empty".to_owned())
}

#[tracked]
fn longest<'a>(left: &'a mut String, right: &'a mut String) -> &'a mut String {
    if left.len() > right.len() { left } else { right }
}

fn main() {
    let mut items = [1, 2];
    *first(&mut items).unwrap() += 6;
    println!("{items:?} {:?}", first(&mut []));
    let (mut left, mut right) = ("a".to_owned(), "bc".to_owned());
    longest(&mut left, &mut right).push('!');
    println!("{left} {right}");
}
