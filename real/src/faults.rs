//! Faults between the program and real receivers. Afterwards everything has arrived, once after de-duplication, and the books balance.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::bugsink::{Asked, Bugsink};
use crate::http::{Capture, Step};
use crate::nginx::Nginx;
use crate::ours::{Ours, Sink, ids, recorded, same_ids};
use crate::process::{Server, free_address};
use crate::report::Report;
use crate::rotel::Rotel;

/// What is needed.
pub struct Tools<'a> {
    pub nginx: &'a Path,
    pub bugsink: &'a Path,
    pub otlp: &'a Path,
    pub mitmproxy: Result<&'a Path, &'a String>,
    /// Where what takes long is kept.
    pub all: &'a Path,
}

/// What becomes of what was recorded while there was a fault.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    /// It goes by the same run, once the fault is over.
    SameRun,
    /// It waits for another.
    NextRun,
}
use Then::{NextRun, SameRun};

/// Faults that nginx makes, what a Sentry sink says of them and what an OTLP sink says.
const FAULTS: [(&str, &str, Then, Then); 8] = [
    ("429-seconds", "answered 429", SameRun, SameRun),
    ("429", "answered 429", NextRun, SameRun),
    ("503", "answered 503", SameRun, SameRun),
    ("401", "answered 401", NextRun, NextRun),
    ("301", "answered 301", NextRun, NextRun),
    ("308", "answered 308", NextRun, NextRun),
    ("reset", "no answer: ", SameRun, SameRun),
    ("500", "answered 500", SameRun, NextRun),
];

type Has<'a> = dyn Fn(&[String]) -> anyhow::Result<Vec<String>> + 'a;

/// A receiver, and the sink that goes with it.
struct Real<'a> {
    name: &'static str,
    words: &'static [&'static str],
    kinds: &'static [&'static str],
    /// The sink, if the receiver is at this base of a URL.
    sink: Box<dyn Fn(&str) -> Sink + 'a>,
    /// The ids that the receiver has by now, of those that are asked for.
    has: Box<Has<'a>>,
}

/// The checks.
pub fn run(report: &mut Report, tools: &Tools<'_>, folder: &Path) {
    let started = Bugsink::start(tools.bugsink, tools.all, folder.join("bugsink"), Asked::LENIENT)
        .and_then(|bugsink| Ok((bugsink, Rotel::start(tools.otlp, folder)?)));
    let (bugsink, rotel) = match started {
        Ok(started) => started,
        Err(problem) => {
            report.check("the receivers start", Err(problem));
            return;
        }
    };
    let sentry = Real {
        name: "sentry",
        words: &["panic text", "panic number", "panic nested"],
        kinds: &["panic"],
        sink: Box::new(|base| {
            let dsn = bugsink.dsn(bugsink.addr);
            let (_, rest) = dsn.split_once("://").unwrap_or_default();
            let (key, _) = rest.split_once('@').unwrap_or_default();
            let (scheme, place) = base.split_once("://").unwrap_or_default();
            Sink::new("sentry", format!("{scheme}://{key}@{place}/1"))
        }),
        has: Box::new(|wants| {
            Ok(bugsink.ids()?.iter().map(|id| with_hyphens(id)).filter(|id| wants.contains(id)).collect())
        }),
    };
    let otlp = Real {
        name: "otlp",
        words: &["work", "many 3", "fail"],
        kinds: &["start", "finish"],
        sink: Box::new(|base| Sink::new("otlp", base).with("logs")),
        has: Box::new(|wants| {
            let records = rotel.records(0, 0)?;
            let ids = records.iter().filter_map(|record| record["attributes"]["event.id"].as_str());
            let ids = ids.map(|id| id.trim_start_matches("Str(").trim_end_matches(')').to_owned());
            Ok(ids.filter(|id| wants.contains(id)).collect())
        }),
    };
    for (real, receiver) in [(&sentry, bugsink.addr), (&otlp, rotel.addr)] {
        let folder = folder.join(real.name);
        let nginx = match Nginx::start(tools.nginx, folder.join("nginx"), receiver, None) {
            Ok(nginx) => nginx,
            Err(problem) => {
                report.check("nginx starts", Err(problem));
                continue;
            }
        };
        let name = |what: &str| format!("{}: {what}", real.name);
        report.check(&name("through nginx, without a fault"), nothing(real, &nginx, &folder.join("none")));
        for (fault, said, of_sentry, of_otlp) in FAULTS {
            let then = if real.name == "sentry" { of_sentry } else { of_otlp };
            // The protocol has it that what was answered so must not be sent again.
            if (real.name, fault) == ("otlp", "500") {
                continue;
            }
            report.check(&name(fault), answered(real, &nginx, fault, said, then, &folder.join(fault)));
        }
        let now = SystemTime::now();
        for (what, until) in [
            ("429 until a time", now + Duration::from_secs(10)),
            ("429 until a time that has passed", now - Duration::from_secs(3600)),
        ] {
            report.check(
                &name(what),
                until_a_time(real, tools.nginx, receiver, until, &folder.join(what.replace(' ', "-"))),
            );
        }
        let dead = format!("http://{}", nginx.dead);
        report.check(
            &name("502: nobody behind it"),
            elsewhere(real, &dead, &nginx, "answered 502", &folder.join("dead")),
        );
        for (fault, addr, said) in [
            ("another host's certificate", nginx.wrong_host, "not valid for name"),
            ("an expired certificate", nginx.expired, "certificate expired"),
            ("an unknown authority's certificate", nginx.unknown, "UnknownIssuer"),
        ] {
            let url = format!("https://{addr}");
            report.check(&name(fault), elsewhere(real, &url, &nginx, said, &folder.join(fault)));
        }
        report.check(&name("an answer that is lost"), answer_is_lost(real, receiver, &folder.join("lost")));
        if real.name == "otlp" {
            report.check(&name("413, by halves"), too_large(real, &nginx, &folder.join("413")));
        }
        match tools.mitmproxy {
            Ok(python) => {
                let proxied = proxied(real, python, &nginx, &folder.join("proxied"));
                report.check(&name("a proxy that breaks TLS open, trusted and not"), proxied);
            }
            Err(why) => report.skip("mitmproxy", why),
        }
    }
}

fn with_hyphens(id: &str) -> String {
    let part = |range| id.get(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

/// Runs of the program in one folder, and their books.
struct Runs<'a> {
    real: &'a Real<'a>,
    folder: &'a Path,
    books: Vec<Value>,
}

impl<'a> Runs<'a> {
    fn new(real: &'a Real<'a>, folder: &'a Path) -> Self {
        Self { real, folder, books: Vec::new() }
    }

    fn start(&self, sink: &Sink) -> anyhow::Result<Ours> {
        Ours::start(sink, self.folder)
    }

    fn end(&mut self, mut ours: Ours) -> anyhow::Result<()> {
        self.books.push(ours.status()?);
        ours.end()
    }

    /// A run that delivers all that there is, after whatever pause there was.
    fn deliver_by(&mut self, sink: &Sink) -> anyhow::Result<()> {
        drop(fs::remove_file(self.folder.join("spool-1/pauses")));
        let mut ours = self.start(sink)?;
        ours.deliver()?;
        self.end(ours)
    }

    /// Everything has arrived, and the books say so.
    fn balance(self, copies: usize) -> anyhow::Result<String> {
        let events = recorded(self.folder)?;
        let wants = ids(&events, self.real.kinds);
        let mut has = (self.real.has)(&wants)?;
        has.sort();
        if copies > 1 {
            ensure!(has.len() == wants.len() * copies, "{} copies of {} events", has.len(), wants.len());
            has.dedup();
        }
        let count = same_ids(has, &wants)?;
        let sum = |name: &str| self.books.iter().filter_map(|book| book[name].as_u64()).sum::<u64>();
        let (recorded, arrived) = (sum("recorded"), sum("delivered") + sum("recovered"));
        ensure!(recorded == events.len() as u64, "{recorded} recorded, {} in the file", events.len());
        // Each of two sinks has its own.
        ensure!(
            arrived == (events.len() + wants.len()) as u64,
            "{arrived} delivered of {} and {}",
            events.len(),
            wants.len()
        );
        ensure!(sum("rejected") == 0, "some were rejected: {:?}", self.books);
        let last = self.books.last().context("no books")?;
        ensure!(last["pending"] == 0, "{last}");
        let losses = last["lost"].as_object().into_iter().flatten().filter_map(|(_, lost)| lost.as_u64());
        ensure!(losses.sum::<u64>() == 0, "{last}");
        Ok(format!("{count} events"))
    }
}

/// That a sink said so of its last request, which was not accepted.
fn kept(ours: &mut Ours, said: &str) -> anyhow::Result<()> {
    let owed = ours.tell("flush 10")?;
    ensure!(owed != "ok", "it was delivered");
    let status = ours.status()?;
    let last = status["said"]["receiver"].as_str().unwrap_or("nothing");
    ensure!(last.contains(said), "the sink says: {last}");
    ensure!(status["rejected"] == 0 && status["pending"].as_u64() > Some(0), "{status}");
    Ok(())
}

fn nothing(real: &Real<'_>, nginx: &Nginx, folder: &Path) -> anyhow::Result<String> {
    let mut runs = Runs::new(real, folder);
    for base in [format!("http://{}", nginx.addr), format!("https://{}", nginx.tls)] {
        let mut ours = runs.start(&(real.sink)(&base).var("OURS_CA", nginx.authority.to_string_lossy()))?;
        ours.tell_all(real.words)?;
        ours.deliver()?;
        runs.end(ours)?;
    }
    runs.balance(1)
}

/// nginx answers so, and then passes everything on.
fn answered(
    real: &Real<'_>,
    nginx: &Nginx,
    fault: &str,
    said: &str,
    then: Then,
    folder: &Path,
) -> anyhow::Result<String> {
    let mut runs = Runs::new(real, folder);
    let sink = (real.sink)(&format!("http://{}", nginx.addr));
    let before = nginx.answers().len();
    let mut ours = runs.start(&sink)?;
    ours.tell_all(real.words)?;
    {
        let _fault = nginx.fault(fault)?;
        kept(&mut ours, said)?;
    }
    let answers = nginx.answers().split_off(before);
    ensure!(!answers.is_empty() && !answers.contains(&200), "nginx answered {answers:?}");
    if then == SameRun {
        ours.deliver()?;
    } else {
        let owed = ours.tell("flush 1")?;
        ensure!(owed != "ok", "it asked again in the same run");
    }
    runs.end(ours)?;
    if then == NextRun {
        runs.deliver_by(&sink)?;
    }
    runs.balance(1)
}

/// 429 with a `Retry-After` that is a time.
fn until_a_time(
    real: &Real<'_>,
    nginx: &Path,
    receiver: std::net::SocketAddr,
    until: SystemTime,
    folder: &Path,
) -> anyhow::Result<String> {
    let mut runs = Runs::new(real, folder);
    fs::create_dir_all(folder)?;
    let nginx = Nginx::start(nginx, folder.join("nginx"), receiver, Some(&httpdate::fmt_http_date(until)))?;
    let mut ours = runs.start(&(real.sink)(&format!("http://{}", nginx.addr)))?;
    ours.tell_all(real.words)?;
    {
        let _fault = nginx.fault("429-date")?;
        // Over long before the time that is named, so that it does not wait for that, and ask while the fault is still there.
        let owed = ours.tell("flush 4")?;
        ensure!(owed != "ok", "it was delivered");
    }
    ours.deliver()?;
    // The header has whole seconds.
    ensure!(SystemTime::now() + Duration::from_secs(1) >= until, "it did not wait for the time");
    let answers = nginx.answers();
    ensure!(answers.iter().filter(|answer| **answer == 429).count() == 1, "nginx answered {answers:?}");
    runs.end(ours)?;
    runs.balance(1)
}

/// A run is pointed at something that is no receiver, the next at one.
fn elsewhere(real: &Real<'_>, base: &str, nginx: &Nginx, said: &str, folder: &Path) -> anyhow::Result<String> {
    let mut runs = Runs::new(real, folder);
    let authority = nginx.authority.to_string_lossy();
    let mut ours = runs.start(&(real.sink)(base).var("OURS_CA", authority.clone()))?;
    ours.tell_all(real.words)?;
    kept(&mut ours, said)?;
    runs.end(ours)?;
    runs.deliver_by(&(real.sink)(&format!("https://{}", nginx.tls)).var("OURS_CA", authority))?;
    runs.balance(1)
}

/// The receiver has it, and its answer does not arrive. Bugsink keeps one of two copies; OTLP has no such thing, so there they are two.
fn answer_is_lost(real: &Real<'_>, receiver: std::net::SocketAddr, folder: &Path) -> anyhow::Result<String> {
    let mut runs = Runs::new(real, folder);
    let capture = Capture::start(vec![Step::LoseAnswer(receiver)])?;
    let mut ours = runs.start(&(real.sink)(&format!("http://{}", capture.addr())))?;
    ours.tell_all(&real.words[..1])?;
    kept(&mut ours, "no answer: ")?;
    let lost = capture.requests().len();
    capture.goes_on(Step::Forward(receiver));
    ours.deliver()?;
    runs.end(ours)?;
    let copies = if real.name == "sentry" { 1 } else { lost + 1 };
    let seen = runs.balance(copies)?;
    Ok(format!("{seen}, sent {} times", lost + 1))
}

/// nginx takes no body over 16 KiB.
fn too_large(real: &Real<'_>, nginx: &Nginx, folder: &Path) -> anyhow::Result<String> {
    let mut runs = Runs::new(real, folder);
    let before = nginx.answers().len();
    let mut ours = runs.start(&(real.sink)(&format!("http://{}", nginx.small)))?;
    ours.tell("many 200")?;
    ours.deliver()?;
    runs.end(ours)?;
    let answers = nginx.answers().split_off(before);
    let refused = answers.iter().filter(|answer| **answer == 413).count();
    ensure!(refused > 1, "nginx answered {answers:?}");
    let seen = runs.balance(1)?;
    Ok(format!("{seen}, {refused} times 413, {} times 200", answers.len() - refused))
}

/// A corporate proxy, as mitmproxy is one: with its authority trusted everything goes through it, without nothing goes, nor around it.
fn proxied(real: &Real<'_>, python: &Path, nginx: &Nginx, folder: &Path) -> anyhow::Result<String> {
    fs::create_dir_all(folder)?;
    let addr = free_address()?;
    let mut mitmproxy = Command::new(python);
    let own = folder.join("mitmproxy");
    let confdir = format!("confdir={}", own.display());
    let port = addr.port().to_string();
    mitmproxy.arg(python.with_file_name("mitmdump")).args(["--set", &confdir, "--ssl-insecure"]);
    mitmproxy.args(["--listen-host", "127.0.0.1", "--listen-port", &port]);
    let server = Server::start(&mut mitmproxy, &folder.join("mitmproxy.log"), addr)?;
    let theirs = own.join("mitmproxy-ca-cert.pem");
    ensure!(theirs.is_file(), "mitmproxy made no authority");

    let mut runs = Runs::new(real, folder);
    let sink = (real.sink)(&format!("https://{}", nginx.tls)).var("https_proxy", format!("http://{addr}"));
    let mut ours = runs.start(&sink.clone().var("SSL_CERT_FILE", nginx.authority.to_string_lossy()))?;
    ours.tell_all(real.words)?;
    kept(&mut ours, "invalid peer certificate")?;
    runs.end(ours)?;
    runs.deliver_by(&sink.var("SSL_CERT_FILE", theirs.to_string_lossy()))?;
    drop(server);
    let said = fs::read_to_string(folder.join("mitmproxy.log"))?;
    ensure!(said.contains("POST https://"), "nothing went through the proxy: {said}");
    runs.balance(1)
}
