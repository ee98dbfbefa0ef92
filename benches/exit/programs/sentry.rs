//! sentry, as its README begins: a guard that is kept until the end of `main`.

use exit::{MARKER, Told, done};

fn main() {
    let told = Told::new();
    let _guard = sentry::init(told.url.replacen("http://", "http://key@", 1) + "/42");
    let start = told.elapsed();
    for event in told.events {
        sentry::capture_message(&format!("{MARKER} {event}"), sentry::Level::Info);
    }
    done(start);
}
