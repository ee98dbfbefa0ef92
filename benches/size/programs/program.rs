//! A small program, with telemetry or without: `program [FOLDER]`.

#[cfg(feature = "attribute")]
use telemetry_runtime::{Telemetry, app, sink, tracked};

#[cfg_attr(feature = "attribute", tracked)]
fn list(folder: &str) -> Result<usize, std::io::Error> {
    Ok(std::fs::read_dir(folder)?.count())
}

fn main() {
    #[cfg(feature = "attribute")]
    let _telemetry = Telemetry::builder(app!("size"))
        .env_prefix("SIZE")
        .sink(sink::Json::new(if cfg!(feature = "tls") { "https://127.0.0.1:9/" } else { "http://127.0.0.1:9/" }))
        .start();
    if let Some(folder) = std::env::args().nth(1) {
        println!("{:?}", list(&folder));
    }
}
