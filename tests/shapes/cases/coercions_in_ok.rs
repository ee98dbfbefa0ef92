use std::fmt::Debug;

fn next(n: u8) -> Result<u8, String> {
    n.checked_add(1).ok_or_else(|| "full".to_owned())
}

#[tracked]
fn boxed(n: u8) -> Result<Box<dyn Debug>, String> {
    Ok(Box::new(next(n)?))
}

#[tracked]
fn closure(n: u8) -> Result<Box<dyn Fn(&str) -> usize>, String> {
    let n = next(n)? as usize;
    Ok(Box::new(move |text| text.len() + n + vec![1].len()))
}

#[tracked]
fn pointer(n: u8) -> Result<fn(u8) -> Result<u8, String>, String> {
    Ok(if next(n)? > 9 { next } else { |n| Ok(n) })
}

#[tracked]
fn slice(items: &[u8; 3]) -> Result<&[u8], String> {
    next(items[0])?;
    Ok(items)
}

#[tracked]
fn objects(n: u8) -> Result<Vec<Box<dyn Debug>>, String> {
    Ok(vec![Box::new(n), Box::new("text"), Box::new(next(n)?)])
}

fn main() {
    println!("{:?} {:?}", boxed(1), boxed(255));
    println!("{} {:?} {:?}", closure(1).unwrap()("abc"), pointer(1).unwrap()(7), pointer(100).unwrap()(7));
    println!("{:?} {:?} {:?}", slice(&[1, 2, 3]), objects(1), objects(255));
}
