//! Macros expand to wrong types.

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

macro_rules! fails {
    ($value:expr) => {
        Err($value)?
    };
}

#[tracked]
fn plain(number: u8) -> String {
    wrong!(number)
}

#[tracked]
fn fallible(number: u8) -> Result<String, String> {
    if number == 1 {
        leave!(Ok(number));
    }
    if number == 2 {
        return Ok(wrong!(number));
    }
    if number == 3 {
        fails!(number);
    }
    wrong!(3)
}

#[tracked]
async fn later(number: u8) -> Result<String, String> {
    let other = wrong!(std::future::ready(number).await);
    Ok(wrong!(std::future::ready(number).await))
}

macro_rules! function {
    ($name:ident, $value:expr, $tail:expr) => {
        #[tracked]
        fn $name(number: u8) -> Result<String, String> {
            if number == 3 {
                return $value;
            }
            $tail
        }
    };
}

function!(one, Ok(3), 3);
function!(two, "1".parse::<u8>(), Ok("a".len()));

fn main() {}
