use std::panic::{catch_unwind, panic_any, set_hook};

#[derive(Debug, PartialEq)]
struct Payload(u8);

#[tracked]
fn panics(k: u8) -> Result<u8, String> {
    let items = [1, 2, 3];
    let at = std::hint::black_box(k as usize);
    match k {
        0 => Ok("x".parse::<u8>().unwrap()),
        1 => Ok(None.expect("nothing")),
        2 => panic_any(Payload(k)),
        3 => Ok(items[at]),
        4 => Ok((items[0] - 1) / (at as u8 - 4)),
        5 => {
            return Ok({
                assert_eq!(at, 6, "in a return");
                1
            });
        }
        6 => Err(format!("{:?}", (&items[..at]).len())),
        7 => std::panic::resume_unwind(Box::new("resumed")),
        _ => unreachable!("{k}"),
    }
}

fn main() {
    set_hook(Box::new(|info| {
        let payload = info.payload();
        println!("{} {:?} {:?}", info.location().unwrap(), info.payload_as_str(), payload.downcast_ref::<Payload>());
    }));
    for k in 0..9 {
        let payload = catch_unwind(|| panics(k)).unwrap_err();
        println!("{k} {:?} {}", payload.downcast_ref::<&str>(), payload.is::<String>());
    }
}
