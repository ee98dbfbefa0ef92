struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("  drop {}", self.0);
    }
}

impl Loud {
    fn check(&self, fails: bool) -> Result<u8, String> {
        if fails { Err(self.0.to_owned()) } else { Ok(self.0.len() as u8) }
    }
}

#[tracked]
fn exits(_argument: Loud, k: u8) -> Result<u8, String> {
    let _a = Loud("a");
    Loud("question").check(k == 0)?;
    let _b = Loud("b");
    if k == 1 {
        return Loud("returned").check(false);
    }
    for _ in 0..2 {
        let _c = Loud("c");
        if k == 2 {
            return Ok(Loud("in ok").check(false)?);
        }
    }
    match Loud("scrutinee").check(false) {
        Ok(n) if Loud("guard").0.is_empty() => Ok(n),
        Ok(n) => Ok(Loud("arm").check(k == 3)? + n),
        Err(error) => Err(error),
    }
}

fn main() {
    for k in 0..5 {
        println!("{k}");
        println!("{:?}", exits(Loud("argument"), k));
    }
}
