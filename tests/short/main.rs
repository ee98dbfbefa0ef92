//! A program whose every run is shorter than a request, and that lets a detached sender take what is left.
//!
//! A sender knows no variable and no argument of the run that started it, so what the program is to know lies beside it: where to
//! send to in `endpoint`, whether there is to be a sender in `detached`, and in `file` what goes there as well, if it is there.

use std::path::PathBuf;

use telemetry_runtime::{Builder, Development, Telemetry, app, sink, tracked};

#[tracked]
fn work() {}

fn beside(name: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}

fn telemetry() -> Builder<'static> {
    let builder = Telemetry::builder(app!("short"))
        .env_prefix("SHORT")
        .development(Development::Send)
        .state_dir(beside("state"))
        .sink(sink::Json::new(std::fs::read_to_string(beside("endpoint")).unwrap_or_default()));
    if beside("file").exists() { builder.sink(sink::JsonLines::file(beside("file"))) } else { builder }
}

fn main() {
    if beside("detached").exists() {
        Telemetry::detached_sender(telemetry);
    }
    let _telemetry = telemetry().start();
    work();
}
