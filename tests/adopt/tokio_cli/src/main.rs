use std::time::Duration;

use telemetry_runtime::{Telemetry, add, app, sink, tracked};
use tokio::task::JoinSet;

#[tracked]
async fn copy(file: String) -> std::io::Result<u64> {
    let bytes = tokio::fs::read(&file).await?;
    tokio::fs::write(format!("{file}.copy"), &bytes).await?;
    Ok(bytes.len() as u64)
}

#[tracked]
async fn copy_all(files: Vec<String>) -> std::io::Result<()> {
    let mut tasks: JoinSet<_> = files.into_iter().map(copy).collect();
    while let Some(copied) = tasks.join_next().await {
        let bytes = copied.map_err(std::io::Error::other)??;
        add!(files = 1, bytes = bytes); // on "Copy All Finished", wherever the future is polled
    }
    Ok(())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let _telemetry = Telemetry::builder(app!())
        .env_prefix("COPIES")
        .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
        .grace(Duration::from_millis(300))
        .start();
    let files = std::env::args().skip(1).collect();
    tokio::select! {
        done = copy_all(files) => done,
        _ = tokio::signal::ctrl_c() => Ok(()), // "Copy All Finished", cancelled
    }
}
