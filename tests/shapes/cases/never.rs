#[tracked]
fn fail(message: &str) -> ! {
    panic!("{message}")
}

#[tracked]
fn forever(limit: u8) -> ! {
    let mut round = 0;
    loop {
        round += 1;
        if round > limit {
            fail("enough");
        }
    }
}

#[tracked]
fn in_result(k: u8) -> Result<u8, std::convert::Infallible> {
    match k {
        0 => fail("zero"),
        1 => forever(k),
        _ => Ok(if k == 2 { fail("two") } else { k }),
    }
}

#[tracked]
fn through_pointer(f: fn() -> !) -> Result<(), String> {
    f()
}

fn main() {
    for k in 0..4 {
        let result = std::panic::catch_unwind(|| in_result(k));
        println!("{:?}", result.map_err(|payload| payload.downcast::<String>().unwrap()));
    }
    println!("{}", std::panic::catch_unwind(|| through_pointer(|| fail("pointed at"))).is_err());
}
