// edition: 2024
#[tracked]
fn chained(text: &str, limit: Option<u8>) -> Result<u8, String> {
    if let Some(rest) = text.strip_prefix('+')
        && let Ok(n) = rest.parse::<u8>()
        && limit.is_none_or(|limit| n < limit)
    {
        return Ok(n);
    } else if let [first, ..] = text.as_bytes()
        && (*first == b'-' || *first == b'~')
    {
        return Err(text.to_owned());
    }
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next()
        && byte != b'!'
    {
        if byte == b'?' {
            return Ok(byte);
        }
    }
    match limit {
        Some(n) if let 3 = n + 1 - 1 => Ok(33),
        Some(n) if n > 5 && { n < 9 } => Ok(n),
        _ => Err(bytes.map(char::from).collect()),
    }
}

fn main() {
    println!("{:?} {:?} {:?}", chained("+3", None), chained("+3", Some(2)), chained("-1", None));
    println!("{:?} {:?} {:?}", chained("a?", None), chained("a!bc?", Some(6)), chained("a!bc?", None));
}
