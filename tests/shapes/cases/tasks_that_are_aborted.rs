use std::time::Duration;

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

#[tracked]
async fn inner(_argument: Loud) -> Result<(), String> {
    let _local = Loud("local of inner");
    tokio::time::sleep(Duration::from_secs(60)).await;
    Ok(())
}

#[tracked]
async fn outer(_argument: Loud) -> Result<(), String> {
    let _local = Loud("local of outer");
    inner(Loud("argument of inner")).await?;
    unreachable!()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = tokio::spawn(outer(Loud("argument of outer")));
    tokio::task::yield_now().await;
    task.abort();
    println!("cancelled: {}", task.await.unwrap_err().is_cancelled());
    let set = tokio::task::LocalSet::new();
    set.spawn_local(async { outer(Loud("in the set")).await });
    drop(set);
}
