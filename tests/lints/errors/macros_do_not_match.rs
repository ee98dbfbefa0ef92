//! Macros do not match.

macro_rules! pair {
    ($one:expr, $two:expr) => {
        ($one, $two)
    };
}

macro_rules! wrong {
    ($value:expr) => {{
        let text: String = $value;
        text
    }};
}

macro_rules! leave {
    ($value:expr) => {
        return $value
    };
}

#[tracked]
fn plain(number: u8) -> (u8, u8) {
    pair!(number)
}

#[tracked]
fn fallible(number: u8) -> Result<(u8, u8), String> {
    if number == 1 {
        return Ok(pair!(1));
    }
    pair!(1, 2, 3);
    Ok(pair!(number; 2))
}

fn main() {}
