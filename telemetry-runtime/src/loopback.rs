//! Nothing but loopback: how far telemetry may go while a program is tested.
//!
//! A test asks for it of its own process ([`testing::loopback_only`](crate::testing::loopback_only)), and by a variable of those that it starts.
//! It only ever holds back. The variable is heeded in every build, so that what a feature adds for tests changes nothing of what is sent.

use std::net::IpAddr;
#[cfg(feature = "testing")]
use std::sync::atomic::{AtomicBool, Ordering};

use ureq::http::Uri;

use crate::env;
use crate::proxy;

#[cfg(feature = "testing")]
static ASKED_BY_TEST: AtomicBool = AtomicBool::new(false);

/// From now on, a start in this process that would send further panics.
#[cfg(feature = "testing")]
pub(crate) fn ask() {
    ASKED_BY_TEST.store(true, Ordering::Relaxed);
}

fn is_asked_by_test() -> bool {
    #[cfg(feature = "testing")]
    return ASKED_BY_TEST.load(Ordering::Relaxed);
    #[cfg(not(feature = "testing"))]
    false
}

/// Whether nothing is to go further than loopback.
pub(crate) fn is_asked() -> bool {
    is_asked_by_test() || env::is_loopback_only()
}

/// Fails a test that has asked for it; otherwise gives who has.
#[track_caller]
pub(crate) fn refuse(said: &str) -> &'static str {
    // A build without the feature has nothing here.
    assert!(!is_asked_by_test(), "telemetry would leave the machine in a test: {said}");
    env::LOOPBACK_ONLY
}

/// How a request to this URL would leave the machine, if it would: behind the URL, as `, through the proxy proxy.example.org`.
pub(crate) fn beyond(url: &str) -> Option<String> {
    // What is no URL goes nowhere.
    let url: Uri = url.parse().ok()?;
    if !url.host().is_some_and(is_loopback) {
        return Some(String::new());
    }
    let proxy = proxy::of(&url, env::var).ok().flatten().filter(|proxy| !is_loopback(proxy.host()));
    proxy.map(|proxy| format!(", through the proxy {}, as `no_proxy` does not list it", proxy.host()))
}

/// Whether a host is this machine and no other, without asking anybody: an address of loopback, or `localhost` and what is below it.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = bare.trim_end_matches('.').to_ascii_lowercase();
    let is_name = name == "localhost" || name.ends_with(".localhost");
    is_name || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_loopback() {
        for url in [
            "http://127.0.0.1:80/x",
            "https://127.8.9.1/",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]/",
            "http://LOCALHOST:8080/v1?x=y",
            "http://a.localhost./",
            "http://me:secret@localhost/",
        ] {
            assert!(url.parse::<Uri>().unwrap().host().is_some_and(is_loopback), "{url}");
        }
        for url in [
            "https://telemetry.example.org/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://[::]/",
            "http://[::2]/",
            "http://127.0.0.1.example.org/",
            "http://127.1/",
            "http://2130706433/",
            "http://notlocalhost/",
            "http://localhost.example.org/",
            "http://127.0.0.1@example.org/",
            "http://localhost:80@example.org/",
        ] {
            assert_eq!(beyond(url).as_deref(), Some(""), "{url}");
        }
    }
}
