trait Everything: Sized {
    fn finish(self) -> &'static str {
        "finish"
    }
    fn ok(&self) -> &'static str {
        "ok"
    }
    fn enter(&self) -> u8 {
        1
    }
    fn is_error(&self) -> bool {
        true
    }
    fn is_fallible(&self) -> bool {
        true
    }
    fn into_future(self) -> &'static str {
        "future"
    }
    fn poll(&self) {}
    fn probe(&self) -> u8 {
        2
    }
    fn new() -> &'static str {
        "new"
    }
    fn start(self, _: &str) -> u8 {
        3
    }
    fn fallible(self) -> u8 {
        4
    }
}

impl<T> Everything for T {}

type Answer = Result<&'static str, u8>;

#[tracked]
fn answer(k: u8) -> Answer {
    if k.is_error() && k == 0 {
        return Err(k.enter() + k.probe() + k.start("") + k.fallible());
    }
    if k == 1 { Ok(k.finish()) } else { Ok(Everything::ok(&k)) }
}

#[tracked]
async fn waits(k: u8) -> Answer {
    let text = async { Everything::into_future(k) }.await;
    if k > 0 { answer(k) } else { Ok(text) }
}

fn main() {
    println!("{:?} {:?} {:?} {}", answer(0), answer(1), answer(2), u8::new());
    println!("{:?} {:?}", futures::executor::block_on(waits(0)), futures::executor::block_on(waits(1)));
}
