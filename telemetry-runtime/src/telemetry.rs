//! Where telemetry begins: [`Telemetry::builder`], for the program that [`app!`](crate::app) describes.

use std::time::Duration;

use crate::builder::{App, Builder};
use crate::recording;

/// Where telemetry begins: [`Telemetry::builder`].
#[derive(Debug)]
pub struct Telemetry(());

impl Telemetry {
    /// Describes how the program's telemetry is to be.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, sink};
    ///
    /// fn main() {
    ///     let _telemetry = Telemetry::builder(app!())
    ///         .env_prefix("DEMO")
    ///         .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
    ///         .start();
    ///     // … the program; the guard's end is telemetry's
    /// }
    /// ```
    pub fn builder<'a>(app: App) -> Builder<'a> {
        Builder::new(app)
    }

    /// Lets a run that ends with something unsent start a process of its own that sends it: for programs whose runs are shorter
    /// than a request. To be the first line of `main`, with a function that describes telemetry as the program starts it.
    ///
    /// ```
    /// use telemetry_runtime::{Builder, Telemetry, app, sink};
    ///
    /// fn telemetry() -> Builder<'static> {
    ///     Telemetry::builder(app!()).sink(sink::Json::new("https://telemetry.example.org/v1/events"))
    /// }
    ///
    /// fn main() {
    ///     Telemetry::detached_sender(telemetry);
    ///     let _telemetry = telemetry().start();
    /// }
    /// ```
    ///
    /// The process is this program, called with an argument that this function knows, and does not return from it. There is one at a time
    /// for each state folder, and none where the level is `none`. It has standard input and output on the null device, the root as
    /// its working folder, and of the environment only what says where proxies, certificates, the home and temporary files are, and the
    /// variables by which a user has a sink send elsewhere: an endpoint that the program itself reads from a variable is not known there. It sends what was left, stays 10
    /// seconds for what is left meanwhile, and is gone after 30 at the latest. To start it costs the end of a run about a millisecond.
    pub fn detached_sender(describe: impl FnOnce() -> Builder<'static>) {
        let Some(level) = recording::asked_to_send() else { return recording::allow_sender() };
        let lock = recording::detach();
        let telemetry = describe().flag(level).grace(Duration::ZERO).no_install_id().start();
        if telemetry.is_on {
            recording::send(lock);
        }
        std::process::exit(0);
    }
}
