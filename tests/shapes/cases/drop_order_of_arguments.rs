struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

#[tracked]
fn used(first: Loud, _: Loud, _second: Loud, (left, _): (Loud, Loud), mut last: Loud) -> Result<Loud, ()> {
    let _local = Loud("local");
    last.0 = "last, changed";
    drop(left);
    println!("end");
    Ok(first)
}

#[tracked]
fn plain(_: Loud, _a: Loud, Loud(_b): Loud, _c: Loud) {
    println!("plain");
}

fn main() {
    let returned = used(Loud("first"), Loud("wild"), Loud("second"), (Loud("left"), Loud("right")), Loud("last"));
    println!("returned {}", returned.as_ref().map_or("", |loud| loud.0));
    drop(returned);
    plain(Loud("w"), Loud("a"), Loud("b"), Loud("c"));
}
