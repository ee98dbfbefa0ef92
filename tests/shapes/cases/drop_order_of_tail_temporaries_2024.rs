// edition: 2024
struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

impl Loud {
    fn len(&self) -> Result<usize, String> {
        println!("len of {}", self.0);
        Ok(self.0.len())
    }
}

#[tracked]
fn call() -> Result<usize, String> {
    let _local = Loud("local of call");
    Loud("temporary of call").len()
}

#[tracked]
fn in_ok() -> Result<usize, String> {
    let _local = Loud("local of in_ok");
    Ok(Loud("temporary of in_ok").len()? + 1)
}

#[tracked]
fn chosen(k: usize) -> Result<usize, String> {
    let _local = Loud("local of chosen");
    if let Ok(n) = Loud("condition").len()
        && n > k
    {
        unsafe { Loud("then").len() }
    } else {
        { Loud("else").len() }
    }
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", call(), in_ok(), chosen(0), chosen(100));
}
