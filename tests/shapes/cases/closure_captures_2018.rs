// edition: 2018
struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

#[tracked]
fn captured(pair: (Loud, Loud)) -> Result<usize, String> {
    let closure = move || pair.0.0.len();
    let length = closure();
    drop(closure);
    println!("after the closure");
    Ok(length)
}

fn main() {
    println!("{:?}", captured((Loud("left"), Loud("right"))));
}
