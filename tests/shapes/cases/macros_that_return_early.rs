macro_rules! check {
    ($condition:expr, $($error:tt)+) => {
        if !$condition {
            return Err(format!($($error)+));
        }
    };
}

macro_rules! some {
    ($option:expr) => {
        match $option {
            Some(value) => value,
            None => return Ok(0),
        }
    };
}

macro_rules! again {
    ($e:expr, $then:tt) => {{
        let value = $e?;
        $then!(value)
    }};
}

macro_rules! wrap {
    ($e:expr) => {
        Ok($e)
    };
}

#[tracked]
fn uses(items: &[u8], at: usize) -> Result<u8, String> {
    check!(at < 5, "{at} of {}", items.len());
    let item = some!(items.get(at));
    check! { *item != 7, "seven" }
    if *item == 8 {
        return again!(item.checked_sub(9).ok_or("small"), wrap);
    }
    again!(item.checked_mul(100).ok_or_else(|| item.to_string()), wrap)
}

fn main() {
    let items = [1, 2, 7, 8];
    for at in 0..6 {
        println!("{:?}", uses(&items, at));
    }
}
