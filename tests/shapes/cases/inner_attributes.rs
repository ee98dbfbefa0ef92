#[tracked]
fn quiet(k: u8) -> Result<u8, String> {
    #![allow(unused_variables, clippy::all)]
    //! Documented inside.
    #![allow(unreachable_code)]
    use std::num::ParseIntError;
    const ONE: u8 = 1;
    let unused = 3;
    fn parse(text: &str) -> Result<u8, ParseIntError> {
        text.parse()
    }
    if k == 0 {
        return parse("x").map_err(|error| error.to_string());
        return Ok(3);
    }
    Ok(parse("2").map_err(|error| error.to_string())? + ONE)
}

#[tracked]
fn empty() {
    #![allow(clippy::all)]
}

fn main() {
    println!("{:?} {:?} {:?}", quiet(0), quiet(1), empty());
}
