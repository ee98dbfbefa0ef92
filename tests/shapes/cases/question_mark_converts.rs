#[derive(Debug)]
enum Fault {
    Number(std::num::ParseIntError),
    Text(String),
}

impl From<std::num::ParseIntError> for Fault {
    fn from(error: std::num::ParseIntError) -> Self {
        Self::Number(error)
    }
}

impl From<&str> for Fault {
    fn from(error: &str) -> Self {
        Self::Text(error.to_owned())
    }
}

#[tracked]
fn sum(texts: &[&str]) -> Result<u8, Fault> {
    let numbers: Vec<u8> = texts.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let [first, rest @ ..] = &numbers[..] else { Err("none")? };
    if *first == 0 {
        Err("zero")?
    }
    let sum = rest.iter().try_fold(*first, |sum, n| sum.checked_add(*n)).ok_or("large")?;
    Ok((sum.to_string() + "0").parse::<u8>()? + "1".parse::<u8>()?)
}

fn main() {
    println!("{:?} {:?} {:?}", sum(&["1", "2"]), sum(&["x"]), sum(&[]));
    println!("{:?} {:?} {:?}", sum(&["0"]), sum(&["200", "200"]), sum(&["26"]));
}
