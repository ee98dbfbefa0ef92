type Answer = Result<u8, u8>;

#[tracked]
fn shadowed_by_struct(k: u8) -> Answer {
    #[allow(dead_code)]
    struct Answer;
    struct Result;
    let _ = Result;
    if k == 0 {
        return Err(1);
    }
    Ok(k)
}

#[tracked]
fn shadowed_by_use(k: u8) -> Answer {
    use std::fmt::Error as Answer;
    let _ = Answer;
    if k == 0 { Err(2) } else { shadowed_by_struct(k) }
}

#[tracked]
fn shadowed_by_type<T: Default>(k: u8) -> std::result::Result<T, Answer> {
    type Result<T> = Option<T>;
    let value: Result<T> = (k > 0).then(T::default);
    value.ok_or(Ok(k))
}

#[tracked]
fn shadowed_in_a_block(k: u8) -> Answer {
    {
        enum Answer {
            One,
        }
        if matches!(Answer::One, Answer::One) && k == 0 {
            return Err(4);
        }
    }
    shadowed_by_use(k)
}

fn main() {
    println!("{:?} {:?} {:?}", shadowed_by_struct(0), shadowed_by_use(0), shadowed_by_use(1));
    println!("{:?} {:?} {:?}", shadowed_by_type::<u8>(0), shadowed_by_type::<u8>(1), shadowed_in_a_block(0));
}
