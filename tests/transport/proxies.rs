//! Proxies, as the user's environment names them.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

use crate::server::{Request, Server, answer};
use crate::{Commands, DELIVERED, WORK, tls};

/// A proxy that opens tunnels, and notes who asked for one.
fn tunnelling() -> Server {
    Server::raw(|mut stream, seen| {
        let request = Request::read(&mut stream).unwrap();
        let target = request.head.split_whitespace().nth(1).unwrap().to_owned();
        seen.lock().unwrap().push(request);
        let there = TcpStream::connect(target).unwrap();
        answer(&mut stream, "HTTP/1.1 200 Connection established\r\n\r\n");
        pipe(stream, there);
    })
}

/// Carries bytes both ways until both sides have ended.
fn pipe(here: TcpStream, there: TcpStream) {
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        drop(std::io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    };
    let (back_from, back_to) = (there.try_clone().unwrap(), here.try_clone().unwrap());
    std::thread::scope(|scope| {
        scope.spawn(move || copy(back_from, back_to));
        copy(here, there);
    });
}

fn first_lines(proxy: &Server) -> Vec<String> {
    proxy.requests().iter().map(|request| request.head.lines().next().unwrap().to_owned()).collect()
}

#[test]
fn a_request_goes_through_the_proxy_of_its_scheme() {
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        let (proxy, receiver, other) = (tunnelling(), Server::accepting(), tunnelling());
        let url = format!("http://{}", proxy.address());
        let commands = Commands::with([(name, &url), ("HTTPS_PROXY", &format!("http://{}", other.address()))]);
        let said = commands.work(&receiver.url());
        assert!(said.contains(DELIVERED), "{name}: {said}");
        assert_eq!(receiver.names(), WORK, "{name}");
        assert_eq!(first_lines(&proxy), [format!("CONNECT {} HTTP/1.1", receiver.address())], "{name}");
        assert!(other.requests().is_empty(), "{name}");
    }
}

/// The proxy carries what it cannot read.
#[test]
fn a_request_over_tls_goes_through_a_tunnel() {
    let authority = tls::Authority::new();
    let (proxy, receiver) = (tunnelling(), authority.receiver(&["127.0.0.1"]));
    let commands = Commands::with([
        ("HTTPS_PROXY", &proxy.address().to_string()),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("SSL_CERT_FILE", &authority.file()),
    ]);
    let said = commands.work(&tls::url(&receiver));
    assert!(said.contains(DELIVERED), "{said}");
    assert_eq!(receiver.names(), WORK);
    assert_eq!(first_lines(&proxy), [format!("CONNECT {} HTTP/1.1", receiver.address())]);
}

#[test]
fn a_host_that_is_listed_is_asked_directly() {
    for list in ["127.0.0.1", "*", "example.org, 127.0.0.1"] {
        let (proxy, receiver) = (tunnelling(), Server::accepting());
        let commands = Commands::with([("http_proxy", &format!("http://{}", proxy.address())), ("NO_PROXY", list)]);
        let said = commands.work(&receiver.url());
        assert!(said.contains(DELIVERED), "{list}: {said}");
        assert!(proxy.requests().is_empty(), "{list}");
    }
}

#[test]
fn the_proxy_gets_its_password_and_nobody_else_does() {
    let (proxy, receiver) = (tunnelling(), Server::accepting());
    let url = format!("http://user:pass-secret@{}", proxy.address());
    let said = Commands::with([("http_proxy", &url)]).work(&receiver.url());
    assert!(said.contains(DELIVERED), "{said}");
    let authorization = proxy.requests()[0].header("proxy-authorization").unwrap().to_owned();
    assert_eq!(authorization, "Basic dXNlcjpwYXNzLXNlY3JldA==");
    assert_eq!(receiver.requests()[0].header("proxy-authorization"), None);
}

/// Whoever set a proxy does not want to be seen without it.
#[test]
fn nothing_goes_around_a_proxy() {
    let refusing = Server::answering(|_, stream| {
        answer(stream, "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n");
    });
    let closing = Server::raw(|_, _| ());
    let silent_socks = Server::raw(|mut stream, _| drop(stream.read_exact(&mut [0; 3])));
    let proxies = [
        ("http://127.0.0.1:1".to_owned(), "no answer: "),
        (format!("http://user:pass-secret@{}", refusing.address()), "proxy server responded 407"),
        (format!("http://{}", closing.address()), "no answer: "),
        (format!("socks5h://{}", silent_socks.address()), "no answer: "),
        ("socks5://user:pass-secret@127.0.0.1:1".to_owned(), "no answer: "),
        ("http://pass-secret@".to_owned(), "the proxy in http_proxy cannot be used"),
        ("ftp://pass-secret@127.0.0.1:1".to_owned(), "the proxy in http_proxy cannot be used"),
        ("not a proxy".to_owned(), "the proxy in http_proxy cannot be used"),
    ];
    for (proxy, expected) in proxies {
        let receiver = Server::accepting();
        let mut commands = Commands::with([("http_proxy", &proxy)]);
        let said = commands.work(&receiver.url());
        assert!(said.contains(expected), "{proxy}: {said}");
        assert!(receiver.requests().is_empty(), "{proxy}");
        commands.assert_kept(&said);
    }
}

/// A SOCKS proxy is told the name, and looks it up itself: with `socks5h` nobody on the way learns it (RFC 1928).
#[test]
fn a_name_goes_to_the_proxy_as_it_is() {
    let receiver = Server::accepting();
    let there = receiver.address();
    let asked = std::sync::Arc::new(Mutex::new(Vec::new()));
    let noted = std::sync::Arc::clone(&asked);
    let proxy = Server::raw(move |mut stream, _| {
        let mut greeting = [0; 3];
        stream.read_exact(&mut greeting).unwrap();
        assert_eq!(greeting, [5, 1, 0]);
        stream.write_all(&[5, 0]).unwrap();
        let mut head = [0; 5];
        stream.read_exact(&mut head).unwrap();
        let mut name = vec![0; usize::from(head[4]) + 2];
        stream.read_exact(&mut name).unwrap();
        noted.lock().unwrap().push(String::from_utf8_lossy(&name[..name.len() - 2]).into_owned());
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        pipe(stream, TcpStream::connect(there).unwrap());
    });
    let commands = Commands::with([("ALL_PROXY", &format!("socks5h://{}", proxy.address()))]);
    let said = commands.work("http://telemetry.example/v1/events");
    assert!(said.contains(DELIVERED), "{said}");
    assert_eq!(*asked.lock().unwrap(), ["telemetry.example"]);
    assert_eq!(receiver.names(), WORK);
}

#[test]
fn a_proxy_that_takes_for_ever_is_not_waited_for() {
    let silent = Server::raw(|mut stream, _| drop(stream.read_to_end(&mut Vec::new())));
    let dripping = Server::answering(|_, stream| {
        while stream.write_all(b"H").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let dripping_header = Server::answering(|_, stream| {
        answer(stream, "HTTP/1.1 200 OK\r\na: ");
        while stream.write_all(b"b").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let flooding = Server::answering(|_, stream| {
        answer(stream, "HTTP/1.1 200 OK\r\na: ");
        while stream.write_all(&[b'b'; 16 * 1024]).is_ok() {}
    });
    let servers =
        [("flooding", flooding), ("silent", silent), ("dripping", dripping), ("dripping header", dripping_header)];
    let running: Vec<_> = servers
        .iter()
        .map(|(name, proxy)| {
            let receiver = Server::accepting();
            let commands = Commands::with([("http_proxy", &format!("http://{}", proxy.address()))]);
            (name, commands.start(&receiver.url(), "work flush status"), commands, receiver)
        })
        .collect();
    for (name, program, mut commands, receiver) in running {
        let said = program.say();
        assert!(said.contains("json: no answer: "), "{name}: {said}");
        assert!(receiver.requests().is_empty(), "{name}");
        commands.assert_kept(&said);
    }
}
