use std::future::{Future, ready};

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

#[tracked]
fn deferred(first: Loud, second: Loud, _unused: Loud, k: u8) -> impl Future<Output = Result<usize, String>> {
    println!("called");
    async move {
        println!("polled");
        let _local = Loud("local");
        if k == 0 {
            return Err(second.0.to_owned());
        }
        ready(()).await;
        Ok(first.0.len())
    }
}

#[tracked]
async fn partly(pair: (Loud, Loud)) -> Result<usize, String> {
    let (left, _) = pair;
    ready(left.0.len()).await;
    let right = move || 3;
    Ok(right())
}

fn main() {
    for k in 0..2 {
        let future = deferred(Loud("first"), Loud("second"), Loud("unused"), k);
        println!("{:?}", futures::executor::block_on(future));
    }
    drop(deferred(Loud("a"), Loud("b"), Loud("c"), 1));
    println!("{:?}", futures::executor::block_on(partly((Loud("left"), Loud("right")))));
}
