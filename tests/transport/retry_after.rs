//! `Retry-After` in its two forms.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::server::{Server, answer};
use crate::{Commands, DELIVERED};

/// A receiver that answers the first request so.
fn busy(headers: &'static str) -> Server {
    let count = AtomicUsize::new(0);
    Server::answering(move |_, stream| {
        if count.fetch_add(1, Ordering::Relaxed) == 0 {
            answer(stream, format!("HTTP/1.1 503 Busy\r\n{headers}content-length: 0\r\n\r\n"));
        } else {
            answer(stream, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        }
    })
}

/// The receiver's clock says how far away a time is. The user's is decades ahead of these.
#[test]
fn a_time_that_is_to_come_is_waited_for() {
    for headers in [
        "retry-after: 3600\r\n",
        "retry-after: 99999999999999999999\r\n",
        "retry-after: Sun, 06 Nov 1994 09:49:37 GMT\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "retry-after: Sunday, 06-Nov-94 09:49:37 GMT\r\ndate: Sun Nov  6 08:49:37 1994\r\n",
        "retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
    ] {
        let server = busy(headers);
        let mut commands = Commands::new();
        let said = commands.say(&server.url(), "work flush flush status");
        assert_eq!(server.requests().len(), 1, "{headers}");
        commands.assert_kept(&said);
    }
}

#[test]
fn a_time_that_has_passed_or_is_none_is_not() {
    for headers in [
        "",
        "retry-after: 0\r\n",
        "retry-after: -1\r\n",
        "retry-after: soon\r\n",
        "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\ndate: Sun, 06 Nov 1994 09:49:37 GMT\r\n",
    ] {
        let server = busy(headers);
        let said = Commands::new().say(&server.url(), "work flush flush status");
        assert!(said.contains(DELIVERED), "{headers}: {said}");
        assert_eq!(server.requests().len(), 2, "{headers}");
    }
}
