//! A receiver's page, of what came to it.

use telemetry_receiver::Receiver;

use crate::html::Page;
use crate::program::Pages;

/// Asks for a page: the status, the headers and the text.
fn get(url: &str) -> (u16, String, String) {
    use std::io::{Read as _, Write as _};
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_owned(), text.to_owned())
}

/// What is on the page is what was stored, also what came since the page was last asked for.
#[test]
fn the_page_says_what_is_stored() {
    let receiver = Receiver::builder().page().start().unwrap();
    let url = receiver.page_url().unwrap();
    let (status, _, text) = get(&url);
    assert!(status == 200 && Page::read(&text).with_id("events").text.contains("None."), "{text}");
    let pages = Pages::new();
    pages.say(&format!("{}/v1/events", receiver.url()), "run ok fail fail hot hostile flush");
    let (_, head, text) = get(&url);
    for header in ["cache-control: no-store", "frame-ancestors 'none'", "nosniff", "no-referrer", "text/html"] {
        assert!(head.contains(header), "{head}");
    }
    let page = Page::read(&text);
    let report = receiver.report(None).unwrap();
    for row in &report.events {
        let shown = page.rows("events");
        let shown = shown.iter().find(|cells| cells[0] == row.event && cells[1] == row.kind).unwrap();
        assert_eq!(shown[2], telemetry_runtime::private::page::count(row.count), "{row:?}");
        assert_eq!(shown[3], row.error_rate.map_or("–".to_owned(), |_| row.errors.to_string()), "{row:?}");
        let measured = row.duration.map_or("–".to_owned(), |all| telemetry_runtime::private::page::span(all.p90_ns));
        assert_eq!(shown[8], measured, "{row:?}");
    }
    assert_eq!(page.bodies().len() as u64, receiver.counts().stored);
    assert!(page.one("main").text.contains("</script><img src=x"), "what came is text");
    let (policy, style, script) = page.policy();
    let script = script.unwrap();
    let expected = format!(
        "default-src 'none'; style-src '{style}'; base-uri 'none'; form-action 'none'; script-src '{script}'; connect-src 'self'; img-src data:"
    );
    assert_eq!(policy, expected);
}

/// It is there for whoever has its address, and nobody guesses that.
#[test]
fn the_page_is_for_who_knows_where_it_is() {
    let without = Receiver::builder().start().unwrap();
    assert_eq!(without.page_url(), None);
    for path in ["/", "/page", "/page/"] {
        assert_eq!(get(&format!("{}{path}", without.url())).0, 404);
    }
    let urls: Vec<_> = (0..2).map(|_| Receiver::builder().page().start().unwrap().page_url().unwrap()).collect();
    let names: Vec<_> = urls.iter().map(|url| url.rsplit_once('/').unwrap().1).collect();
    assert!(names[0] != names[1] && names.iter().all(|name| name.len() == 32), "{names:?}");
    let with = Receiver::builder().page().start().unwrap();
    let url = with.page_url().unwrap();
    let (path, _) = url.rsplit_once('/').unwrap();
    for guess in
        [path.to_owned(), format!("{path}/"), format!("{path}/{}", names[0]), format!("{url}/"), format!("{url}0")]
    {
        assert_eq!(get(&guess).0, 404, "{guess}");
    }
}
