use std::convert::Infallible;

#[tracked]
#[allow(unreachable_code, clippy::all)]
fn inside(k: u8) -> Result<u8, String> {
    match k {
        0 => Ok(return Ok(1)),
        1 => return return Err("one".to_owned()),
        2 => Ok(loop {
            break 3;
        }),
        3 => Err(return Ok(4)),
        4 => Ok(Ok::<u8, String>(return Err("four".to_owned()))?),
        5 => (return Ok(6)),
        6 => {
            return Ok(7);
        }
        7 => Ok({ return Err("seven".to_owned()) }),
        _ => loop {
            if k > 8 {
                return Ok(99);
            }
            break Ok({
                if k == 8 {
                    break Err("eight".to_owned());
                }
                9
            });
        },
    }
}

#[tracked]
fn empty(never: Result<u8, Infallible>) -> Result<u8, Infallible> {
    match never {
        Ok(n) => Ok(n),
        Err(never) => match never {},
    }
}

#[tracked]
fn only_statements(k: u8) -> Result<u8, ()> {
    if k == 0 {
        return Ok(1);
    } else {
        return Err(());
    };
}

fn main() {
    for k in 0..10 {
        println!("{:?}", inside(k));
    }
    println!("{:?} {:?} {:?}", empty(Ok(1)), only_statements(0), only_statements(1));
}
