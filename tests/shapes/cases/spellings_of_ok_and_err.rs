use std::result::Result as R;

#[tracked]
fn spelled(k: u8) -> R<u8, String> {
    match k {
        0 => R::Ok(1),
        1 => Result::Ok(2),
        2 => std::result::Result::Ok(3),
        3 => Ok::<_, String>(4),
        4 => R::<u8, String>::Ok(5),
        5 => (Ok)(6),
        6 => Some(7).map(Ok).unwrap(),
        7 => R::Err("seven".into()),
        8 => Result::<u8, String>::Err("eight".into()),
        9 => Some("nine".to_owned()).map_or(Ok(0), Err),
        10 => return R::Ok(11),
        11 => return Result::Err("eleven".into()),
        12 => {
            let make = Ok;
            make(13)
        }
        _ => <R<u8, String>>::Ok(k),
    }
}

#[tracked]
fn anyhow(k: u8) -> anyhow::Result<u8> {
    if k == 0 {
        return anyhow::Ok(1);
    }
    Err(anyhow::Error::msg("no")).or_else(|error| if k == 1 { anyhow::Ok(2) } else { Err(error) })
}

fn main() {
    for k in 0..14 {
        println!("{:?}", spelled(k));
    }
    println!("{:?} {:?} {}", anyhow(0).ok(), anyhow(1).ok(), anyhow(2).unwrap_err());
}
