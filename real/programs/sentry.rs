//! sentry's own client: `with-sentry DSN KIND` panics in a function of the kind, and reports it as its documentation begins.

use std::panic::catch_unwind;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(dsn), Some(kind)) = (arguments.next(), arguments.next()) else { std::process::exit(2) };
    let mut options = sentry::ClientOptions::default();
    options.release = Some("control@1.2.3".into());
    // Release health, as it is for programs that run once.
    options.auto_session_tracking = true;
    options.session_mode = sentry::SessionMode::Application;
    let _guard = sentry::init((dsn, options));
    let words = format!("control {kind}");
    drop(catch_unwind(move || panic!("{words}")));
}
