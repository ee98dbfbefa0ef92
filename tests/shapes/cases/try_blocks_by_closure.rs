#[tracked]
fn by_closure(texts: &[&str]) -> Result<i32, String> {
    let attempt = || -> Result<i32, std::num::ParseIntError> {
        let mut sum = 0;
        for text in texts {
            sum += text.parse::<i32>()?;
        }
        Ok(sum)
    };
    let sum = (|| Some(attempt().ok()? * 2))();
    let mut log = Vec::new();
    let mut note = |text: &str| -> Result<(), ()> {
        log.push(text.len());
        if text.is_empty() { Err(()) } else { Ok(()) }
    };
    let noted = texts.iter().try_for_each(|text| note(text));
    match (sum, noted) {
        (Some(sum), Ok(())) => Ok(sum),
        (None, Ok(())) => attempt().map_err(|error| error.to_string()),
        (_, Err(())) => Err(log.into_iter().fold(String::new(), |text, n| text + &n.to_string())),
    }
}

fn main() {
    println!("{:?} {:?} {:?}", by_closure(&["1", "2"]), by_closure(&["x"]), by_closure(&["1", ""]));
}
