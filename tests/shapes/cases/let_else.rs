#[tracked]
fn parse(text: &str) -> Result<(u8, &str), String> {
    let Some((left, right)) = text.split_once(':') else {
        return Err(format!("no colon in {text}"));
    };
    let Ok(number) = left.parse::<u8>() else {
        println!("no number");
        return Ok((0, right));
    };
    let (1..=9, rest) = (number, right) else { panic!("out of range") };
    Ok((number, rest))
}

#[tracked]
fn in_loop(items: &[&str]) -> Result<u32, ()> {
    let mut sum = 0;
    for item in items {
        let Ok(n) = item.parse::<u32>() else { continue };
        let 0.. = n else { return Err(()) };
        sum += n;
    }
    Ok(sum)
}

fn main() {
    println!("{:?} {:?} {:?}", parse("1:a"), parse("a"), parse("a:b"));
    println!("{:?}", in_loop(&["1", "x", "2"]));
    println!("{}", std::panic::catch_unwind(|| parse("10:x").is_ok()).is_err());
}
