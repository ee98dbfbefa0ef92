use anyhow::{anyhow, bail, ensure};

macro_rules! statements {
    ($n:expr) => {
        let n = $n;
        if n == 0 {
            return Ok(vec![100]);
        }
        Ok(vec![n])
    };
}

macro_rules! returns {
    ($e:expr) => {
        return $e
    };
}

#[tracked]
fn tails(k: u8) -> anyhow::Result<Vec<u8>> {
    match k {
        0 => bail!("zero"),
        1 => Ok(vec![1, k]),
        2 => todo!(),
        3 => unimplemented!("three"),
        4 => unreachable!(),
        5 => returns!(Ok(vec![5])),
        6 => returns!(Err(anyhow!("six"))),
        7 | 8 => {
            statements! { k - 7 }
        }
        9 => {
            ensure!(k > 9, "not {k}");
            Ok(vec![])
        }
        10 => Err(anyhow!("ten")),
        _ => panic!("more than {}", k - 1),
    }
}

#[tracked]
fn matched(k: Option<u8>) -> Result<bool, String> {
    Ok(matches!(k, Some(1..=3)))
}

fn main() {
    std::panic::set_hook(Box::new(|info| println!("{info}")));
    for k in 0..12 {
        println!("{k} {:?}", std::panic::catch_unwind(|| tails(k)).map_err(drop));
    }
    println!("{:?} {:?}", matched(Some(2)), matched(None));
}
