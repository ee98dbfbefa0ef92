use std::time::Duration;

#[tracked]
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), String> {
    let handle = tokio::spawn(async { 2 });
    tokio::time::sleep(Duration::from_millis(1)).await;
    let n = handle.await.map_err(|error| error.to_string())?;
    println!("{n}");
    if n == 2 {
        return Err("two".to_owned());
    }
    Ok(())
}
