//! A program's page, for its user.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use telemetry_tests::Receiver;

use crate::html::Page;
use crate::program::Pages;

/// Where nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// The user has it as text or as a page, and it is the same; to look sends nothing and changes nothing.
#[test]
fn the_page_says_what_the_other_commands_say() {
    let pages = Pages::new();
    let receiver = Receiver::start();
    pages.say(&receiver.url(), "run ok quick fail hot flush");
    pages.say(&nobody(), "run ok flush");
    pages.say(&receiver.url(), "run quick");
    let requests = receiver.requests().len();
    let before = [pages.say(&receiver.url(), "telemetry status"), pages.say(&receiver.url(), "telemetry log")];
    let (path, page) = pages.page(&receiver.url());
    let after = [pages.say(&receiver.url(), "telemetry status"), pages.say(&receiver.url(), "telemetry log")];
    let [status, log] = &before;
    assert_eq!(path, pages.state().join("telemetry.html"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!((&before, receiver.requests().len()), (&after, requests));

    let main = &page.one("main").text;
    let trace = status.lines().filter_map(|line| line.strip_prefix("  ")).map(|line| line.split_once("    ").unwrap());
    for (row, (asked, said)) in page.rows("decision").into_iter().skip(1).zip(trace) {
        assert_eq!(row, [asked.trim_end(), said.trim_start()]);
    }
    for name in ["settings: ", "install id: "] {
        let said = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        assert!(main.contains(said), "{said}");
    }
    let sink = status.lines().find_map(|line| line.strip_prefix("sink json: ")).unwrap();
    let (address, answer) = sink.split_once("; ").unwrap();
    assert_eq!(page.rows("decision").last().unwrap(), &["json", address, answer]);
    let totals = status.lines().find_map(|line| line.strip_prefix("all runs: ")).unwrap();
    for total in totals.split(", ") {
        let (number, what) = total.split_once(' ').unwrap();
        let has = |row: &Vec<&str>| row[0].to_lowercase() == what && row[1] == number;
        assert!(page.rows("books").iter().any(has), "{total}");
    }

    // Each body, its address and its answer; the last request first.
    let lines: Vec<_> = log.lines().collect();
    let sent: Vec<_> = lines.iter().copied().filter(|line| line.starts_with('{')).collect();
    let mut bodies = page.bodies();
    bodies.retain(|body| body.starts_with('{'));
    bodies.reverse();
    assert_eq!(bodies, sent);
    for line in lines.iter().filter(|line| line.contains("Z  json: ")) {
        let (time, said) = line.split_once("  json: ").unwrap();
        assert!(main.contains(time) && main.contains(said), "{line}");
    }
    let catalogue = pages.say(&receiver.url(), "telemetry catalogue");
    let rows = catalogue.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(page.rows("catalogue").len(), rows);
    assert!(page.rows("catalogue").iter().any(|row| row.contains(&"how long it takes to keep tables in step")));
}

/// Exact over what is there, over runs whose segments are emptied by now; what came twice counts once.
#[test]
fn figures_are_exact_over_what_is_there() {
    let pages = Pages::new();
    let folder = pages.state().join("spool-1");
    fs::create_dir_all(&folder).unwrap();
    let event = |nth: u64, nanos: u64, outcome: &str| {
        format!(
            r#"{{"id":"01927d3e-0a5b-7c1d-8e2f-{nth:012x}","event":"Sync \u0041 Finished","kind":"finish","outcome":"{outcome}","duration_ns":{nanos},"fields":{{"event":"x","kind":"start","id":"1"}}}}"#
        )
    };
    let request = |nth: usize, body: &str| {
        format!(
            "{{\"time\":\"2026-11-2{nth}T06:00:00.000000Z\",\"request\":\"{nth}\",\"sink\":\"json\",\"url\":\"https://example.org/\",\"body\":{body}}}\n"
        )
    };
    let first: Vec<_> = (1..=9).map(|nth| event(nth, nth * 1_000_000, "ok")).collect();
    let tenth = event(10, 1_234_567_890, "error");
    let properties = tenth.replace("\"id\"", "\"messageId\"").replace("-00000000000a", "-0000000000ff");
    let properties = properties.replace(r#""kind":"finish""#, r#""properties":{"kind":"finish""#) + "}";
    let ledger = [
        request(1, &format!("{{\"events\":[{}]}}", first.join(","))),
        request(2, &format!("{{\"events\":[{},{tenth}]}}", first[0])),
        request(3, &format!("{{\"batch\":[{{\"type\":\"identify\"}},{properties}]}}")),
        request(4, "\"nothing that is known\""),
        "{\"time\":\"20".into(),
    ];
    fs::write(folder.join("ledger"), ledger.concat()).unwrap();
    let (_, page) = pages.page(&nobody());
    let rows = page.rows("events");
    let expected =
        ["Sync A Finished", "finish", "11", "2", "18.2 %", "error\u{a0}2, ok\u{a0}9", "11", "6 ms", "1.23 s", "1.23 s"];
    assert_eq!(rows[1..], [expected]);
    let says = &page.with_id("events").text;
    assert!(says.contains("Of the 11 events that are still on this disk: 0 in the spool"), "{says}");
    assert!(says.contains("Of 1 of the 4 requests below this page knows no events"), "{says}");
    assert!(page.bodies().contains(&"{\"time\":\"20"), "what is torn is shown as far as it goes");
}

/// Where nothing was ever recorded, there is a page all the same, and nothing is made for it.
#[test]
fn a_page_of_nothing_says_so() {
    let pages = Pages::new();
    let said = pages.say(&nobody(), "telemetry log --html page.html");
    assert_eq!(said, format!("{}\n", fs::canonicalize(pages.home()).unwrap().join("page.html").display()));
    let page = Page::read(&fs::read_to_string(pages.home().join("page.html")).unwrap());
    let main = &page.one("main").text;
    for expected in [
        "Nothing was sent.",
        "Nothing waits.",
        "No events are on this disk.",
        "Nothing was recorded on this disk",
        "nothing sent yet",
    ] {
        assert!(main.contains(expected), "{expected}: {main}");
    }
    assert!(!pages.state().exists());
    let off = pages.command(&nobody(), "telemetry log --html page.html").env("DO_NOT_TRACK", "1").output().unwrap();
    assert!(off.status.success());
    let page = Page::read(&fs::read_to_string(pages.home().join("page.html")).unwrap());
    assert!(page.one("main").text.contains("Nothing goes out, because of DO_NOT_TRACK"));
}

/// What is no page of ours stays as it is, and one clear error says so.
#[test]
fn nothing_else_is_overwritten() {
    let pages = Pages::new();
    let path = |name: &str| pages.home().join(name);
    fs::write(path("mine.html"), "<!doctype html>\nmine").unwrap();
    fs::write(path("state"), "no folder").unwrap();
    fs::create_dir(path("folder")).unwrap();
    std::os::unix::fs::symlink("mine.html", path("link.html")).unwrap();
    for (words, name) in [
        ("--html mine.html", "mine.html"),
        ("--html link.html", "link.html"),
        ("--html folder", "folder"),
        ("--html none/page.html", "none/page.html"),
        ("--html", "state/telemetry.html"),
    ] {
        let output = pages.run(&nobody(), &format!("telemetry log {words}"));
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = format!("error: {}: ", fs::canonicalize(pages.home()).unwrap().join(name).display());
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{words}: {said}");
        assert!(said.starts_with(&expected) && said.lines().count() == 1, "{words}: {said}");
    }
    assert_eq!(fs::read_to_string(path("mine.html")).unwrap(), "<!doctype html>\nmine");
    assert_eq!(fs::read_to_string(path("state")).unwrap(), "no folder");
    let files = fs::read_dir(pages.home()).unwrap().count();
    for _ in 0..2 {
        pages.say(&nobody(), "telemetry log --html page.html");
        assert_eq!(fs::read_dir(pages.home()).unwrap().count(), files + 1, "one that is a page is replaced");
    }
}

/// It has in it what is to be deleted.
#[test]
fn the_page_goes_with_the_rest() {
    for word in ["disable", "reset", "forget"] {
        let pages = Pages::new();
        pages.say(&nobody(), "run ok");
        let (path, _) = pages.page(&nobody());
        assert!(path.exists());
        pages.say(&nobody(), &format!("telemetry {word}"));
        assert!(!path.exists(), "{word}");
    }
}

/// What others have a say in is text: the program's author, who answers, and who writes to the state folder.
#[test]
fn nothing_on_the_page_is_anybody_elses_markup() {
    let hostile = "</script></pre></td><img src=x onerror=\"document.title='hit'\"><svg onload='x'>&lt;";
    let pages = Pages::new();
    let receiver = Receiver::start();
    pages.say(&receiver.url(), "run hostile panic flush hostile");
    let quoted = serde_json::to_string(hostile).unwrap();
    let folder = pages.state().join("spool-1");
    let line = |rest: &str| format!("{{\"time\":{quoted},\"request\":{quoted},{rest}}}\n");
    let ledger = [
        fs::read_to_string(folder.join("ledger")).unwrap(),
        line(&format!(
            "\"sink\":{quoted},\"url\":{quoted},\"body\":{{\"event\":{quoted},\"kind\":\"finish\",\"id\":{quoted},\"outcome\":{quoted},\"duration_ns\":5}}"
        )),
        line(&format!("\"answer\":{quoted}")),
        format!("{hostile}\u{0}\r\n"),
    ];
    fs::write(folder.join("ledger"), ledger.concat()).unwrap();
    fs::write(pages.state().join("settings"), format!("level = {hostile}\n")).unwrap();
    let (_, page) = pages.page(&format!("http://127.0.0.1:1/{}", "%3Cimg%3E"));
    assert_eq!(page.one("title").text, "Telemetry of pages");
    assert_eq!(page.all("script").count(), 0);
    let seen = page.0.iter().filter(|element| element.text.contains(hostile)).count();
    assert!(seen > 10, "it is there to be seen: {seen}");
    assert!(page.one("main").text.contains("</td></table><script>"), "so is what the author says");
    let (policy, style, _) = page.policy();
    assert_eq!(policy, format!("default-src 'none'; style-src '{style}'; base-uri 'none'; form-action 'none'"));
}

/// Who uses a keyboard or has it read aloud finds their way: headings in order, tables with heads, each link with a target.
#[test]
fn the_page_has_a_structure() {
    let pages = Pages::new();
    let receiver = Receiver::start();
    pages.say(&receiver.url(), "run ok fail hot flush ok");
    let (_, page) = pages.page(&receiver.url());
    let levels: Vec<u32> = page.0.iter().filter_map(|element| element.name.strip_prefix('h')?.parse().ok()).collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    assert!(page.all("a").all(|link| page.with_id(&link.attributes["href"][1..]).name != "a"));
    assert_eq!(page.all("a").next().unwrap().attributes["class"], "skip");
    let scopes = page.all("th").filter(|head| head.attributes.contains_key("scope")).count();
    assert!(scopes > 10 && scopes == page.all("th").count());
    assert_eq!(page.one("html").attributes["lang"], "en");
    assert!(page.all("svg").all(|svg| svg.attributes.contains_key("aria-hidden") || svg.attributes["class"] == "mark"));
    let drawn = page.all("figure").map(|figure| figure.text.contains("Tables Sync Finished"));
    assert_eq!(
        drawn.collect::<Vec<_>>(),
        [true, false, true, true],
        "how often, how well and how long; one is of aggregates"
    );
}
