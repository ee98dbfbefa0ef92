// edition: 2018
#[tracked]
fn arrays(fail: bool) -> Result<usize, String> {
    let mut total = 0;
    for item in [1_usize, 2].into_iter() {
        total += item;
    }
    if fail {
        return Err(format!("{}", total));
    }
    Ok(total)
}

#[tracked]
fn reserved(dyn_: Option<&(dyn Fn() -> u8 + 'static)>) -> Result<u8, ()> {
    let r#try = dyn_.ok_or(())?;
    let gen = r#try();
    Ok(gen)
}

mod inner {
    #[tracked]
    pub async fn wait(value: u8) -> Result<u8, ()> {
        async { value }.await;
        Ok(value)
    }
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", arrays(false), arrays(true), reserved(Some(&|| 3)), reserved(None));
    println!("{:?}", futures::executor::block_on(inner::wait(2)));
}
