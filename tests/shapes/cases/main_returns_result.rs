use std::fmt;

enum Fault {
    Parse(std::num::ParseIntError),
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault::Parse(error) = self;
        write!(f, "not a number: {error}")
    }
}

impl From<std::num::ParseIntError> for Fault {
    #[tracked]
    fn from(error: std::num::ParseIntError) -> Self {
        Self::Parse(error)
    }
}

#[tracked]
fn main() -> Result<(), Fault> {
    println!("{}", "1".parse::<u8>()?);
    "x".parse::<u8>()?;
    Ok(())
}
