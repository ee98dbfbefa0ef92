//! Starts telemetry before `main`, for code that does not know of it: at level `all`, with a sink that discards.
//!
//! A crate that links this one (`extern crate telemetry_start as _;`) has its tracked functions recorded for real, whatever they are
//! called from: tests, other crates' tests, destructors.

use telemetry_runtime::{Development, Level, Telemetry, app, sink};

#[ctor::ctor(unsafe)]
fn start() {
    let folder = std::env::temp_dir().join(format!("telemetry-start-{}", std::process::id()));
    let guard = Telemetry::builder(app!())
        .flag(Level::All)
        .development(Development::Send)
        .state_dir(folder)
        .sink(sink::JsonLines::file("/dev/null"))
        .start();
    // It lives as long as the process, whose end is not ours to see.
    std::mem::forget(guard);
}
