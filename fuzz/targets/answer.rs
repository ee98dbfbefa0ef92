//! What a server answers, byte for byte.
#![no_main]

use std::net::TcpListener;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use telemetry_runtime::fuzzing;

static LISTENER: LazyLock<TcpListener> = LazyLock::new(|| TcpListener::bind("127.0.0.1:0").expect("a port on loopback"));

fuzz_target!(|bytes: &[u8]| fuzzing::answer(&LISTENER, bytes));
