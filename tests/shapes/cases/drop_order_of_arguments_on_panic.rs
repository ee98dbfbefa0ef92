struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}, panicking: {}", self.0, std::thread::panicking());
    }
}

#[tracked]
fn fails(_first: Loud, _: Loud, (_left, _): (Loud, Loud)) -> Result<u8, String> {
    let _local = Loud("local");
    let _other = Loud("other");
    if Loud("temporary").0.len() > 3 {
        panic!("in the middle");
    }
    Ok(1)
}

fn main() {
    let run = || fails(Loud("first"), Loud("wild"), (Loud("left"), Loud("right")));
    let payload = std::panic::catch_unwind(run).unwrap_err();
    println!("{:?}", payload.downcast_ref::<&str>());
}
