use std::future::ready;

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("  drop {}", self.0);
    }
}

impl Loud {
    async fn check(&self, fails: bool) -> Result<usize, String> {
        ready(()).await;
        if fails { Err(self.0.to_owned()) } else { Ok(self.0.len()) }
    }
}

#[tracked]
async fn exits(_: Loud, first: Loud, (_left, _): (Loud, Loud), k: u8) -> Result<usize, String> {
    let _a = Loud("a");
    Loud("question").check(k == 0).await?;
    let _b = Loud("b");
    if k == 1 {
        return Loud("returned").check(false).await;
    }
    if k == 2 {
        return Ok(Loud("in ok").check(false).await? + first.check(false).await?);
    }
    match Loud("scrutinee").check(k == 3).await {
        Ok(n) if Loud("guard").check(false).await? == n => Ok(n),
        Ok(_) => Loud("arm").check(false).await,
        Err(error) => Err(error),
    }
}

fn main() {
    for k in 0..5 {
        println!("{k}");
        let future = exits(Loud("wild"), Loud("first"), (Loud("left"), Loud("right")), k);
        println!("{:?}", futures::executor::block_on(future));
    }
}
