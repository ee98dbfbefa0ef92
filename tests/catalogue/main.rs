//! What a program says it can send is what it sends: the page, the schema and the comparison, on a real process and a real receiver.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use boon::{Compiler, Schemas};
use serde_json::{Value, json};
use telemetry_tests::Receiver;
use tempfile::TempDir;

/// The page as it lies in the repository; `cargo run --package telemetry-tests --bin listed page` writes it.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/listed/TELEMETRY.md");

fn listed(arguments: &[&str], home: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_listed"));
    command.args(arguments).current_dir(home).env_clear().env("HOME", home).env("DO_NOT_TRACK", "1");
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    output
}

fn said(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn committed() -> String {
    std::fs::read_to_string(COMMITTED).unwrap()
}

/// Whether the page is the program's, and what the program says of it.
fn check(page: &str) -> (bool, String) {
    let home = TempDir::new().unwrap();
    let file = home.path().join("TELEMETRY.md");
    std::fs::write(&file, page).unwrap();
    let output = listed(&["check", file.to_str().unwrap()], home.path());
    (output.status.success(), said(&output).to_owned())
}

/// CQ-04, CQ-03, CW-30, HA-01, CW-36, TI-01, TI-03: the page that is generated is the one that users read, and a stale one fails.
#[test]
fn the_committed_page_is_what_the_program_can_send() {
    let (is_equal, said) = check(&committed());
    assert!(is_equal, "{said}");
    assert!(said.starts_with("equal"), "{said}");
    let (is_equal, said) = check(&committed().replace('\n', "\r\n"));
    assert!(is_equal, "as Git writes it on Windows: {said}");
}

/// CQ-20, HA-01, HA-02, HA-24: the page points to the command reference, and to the policy, and says who sees what is sent.
#[test]
fn the_page_says_where_more_is_said() {
    assert!(committed().contains("\nWho sees it: the team that makes the program, and no third parties\n"));
    for link in ["<https://example.org/privacy>", "<https://example.org/commands>"] {
        assert!(committed().contains(link), "{link}");
    }
}

/// A struct's members are what it sends, and another member is one more thing that is collected.
#[test]
fn members_are_compared_too() {
    let size =
        "{format: one of \"csv\", \"json_lines\", parts: list of {bytes: unsigned, took: duration}, rows: unsigned}";
    for (before, is_wider, said) in [
        (size.replace("bytes: unsigned, ", ""), true, "was list of {took: duration}"),
        (size.replace("bytes: unsigned", "bytes: label"), true, "was list of {bytes: label"),
        (size.replace("rows: unsigned", "paths: label, rows: unsigned"), false, "paths: label, rows: unsigned}"),
    ] {
        let said = said.strip_prefix("was list of ").map_or(said.to_owned(), |said| format!("parts: list of {said}"));
        let (is_equal, found) = check(&committed().replace(size, &before));
        assert!(!is_equal && found.starts_with("wider") == is_wider && found.contains(&said), "{before}: {found}");
    }
    for broken in
        ["{format: ", "{Format: label}", "{rows: unsigned, rows: unsigned}", "{rows: unsigned", "{rows: path}"]
    {
        let (_, found) = check(&committed().replace(size, broken));
        assert!(found.contains("is not a type of fields"), "{broken}: {found}");
    }
}

/// CL-08, CL-09: what a receiver finds out by itself is declared, as where a request came from.
#[test]
fn the_page_says_what_a_receiver_derives() {
    assert!(committed().contains("| `country` | the country that the request came from |"), "{}", committed());
}

/// Nothing is started to say what could be sent, and it is said where nothing may be.
#[test]
fn a_catalogue_needs_no_telemetry() {
    let home = TempDir::new().unwrap();
    let page = listed(&["page"], home.path());
    assert_eq!(said(&page), committed());
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "it wrote something");
    let expired = listed(&["expired"], home.path());
    assert_eq!(said(&expired), "Long Ago\nOld Experiment\n");
    let sources = listed(&["sources"], home.path());
    assert!(said(&sources).starts_with("`channel` in listed, line "), "{}", said(&sources));
}

/// The committed page with one text in the place of another, which is there.
fn with(old: &str, new: &str) -> String {
    let page = committed();
    assert!(page.contains(old), "{old}");
    page.replacen(old, new, 1)
}

/// Azure/azure-dev and coder/vscode-coder: what is collected and not on the page fails, and is named.
#[test]
fn what_the_page_does_not_say_is_wider() {
    let cases = [
        (
            "| `Table Read` | finish | `rows` | unsigned | anonymous |\n",
            "",
            "field `rows` of event `Table Read` (finish) is new",
        ),
        (
            "| `Login` | success | anonymous | stats | – | – | – | `listed::log_in` |\n",
            "",
            "event `Login` (success) is new",
        ),
        ("| `cores` | unsigned | anonymous | – |\n", "", "fact `cores` is new"),
        ("| `country` | the country that the request came from |\n", "", "fact `country` that receivers derive is new"),
        ("| `done` | boolean | anonymous | `listed` |\n", "", "field `done` that calls may add is new"),
        ("| `done` | boolean |", "| `done` | float |", "field `done` that calls may add is boolean, was float"),
        (
            "| `Sync Started` | start | `format` | label |",
            "| `Sync Started` | start | `format` | one of \"csv\", \"json_lines\" |",
            "field `format` of event `Sync Started` (start) is label, was one of \"csv\", \"json_lines\"",
        ),
        (
            "| `Sync Finished` | finish | `mode` | one of \"append\" |",
            "| `Sync Finished` | finish | `mode` | one of \"overwrite\", \"replace\" |",
            "is one of \"append\", was one of \"overwrite\", \"replace\"",
        ),
        (
            "| `Sync Finished` | finish | `unknown` | any field | unspecified |",
            "| `Sync Finished` | finish | `unknown` | unsigned | anonymous |",
            "is any field, was unsigned",
        ),
        ("| `cores` | unsigned |", "| `cores` | list of unsigned |", "fact `cores` is unsigned, was list of unsigned"),
        ("| `Invoice` | finish | identifying |", "| `Invoice` | finish | anonymous |", "is identifying, was anonymous"),
        (
            "| anonymous | errors | where",
            "| anonymous | stats | where",
            "event `Panic` (panic) needs level errors, needed stats",
        ),
        ("| stats | billing |", "| stats | support |", "event `Invoice` (finish) has another purpose"),
        ("| 9999-12-31 |", "| 2030-01 |", "expires 9999-12-31, expired 2030-01"),
        (
            "| – | – | – | `listed::log_in` |",
            "| – | – | 2030-01 | `listed::log_in` |",
            "expires never, expired 2030-01",
        ),
        (
            "| `Fails By Value` | finish | `error` | error text | content |\n",
            "",
            "field `error` of event `Fails By Value` (finish) is new",
        ),
    ];
    for (old, new, change) in cases {
        let (is_equal, said) = check(&with(old, new));
        assert!(!is_equal && said.starts_with("wider: ") && said.contains(change), "{change}: {said}");
        assert_eq!(said.lines().count(), 2, "{said}");
    }
}

#[test]
fn what_only_the_page_says_is_narrower() {
    let rows = "| `Table Read` | finish | `rows` | unsigned | anonymous |\n";
    let more =
        format!("{rows}| `Table Read` | finish | `zeta` | one of \"a|b\" | anonymous |\n").replace("a|b", "a\\|b");
    let cases = [
        (rows, more.as_str(), "field `zeta` of event `Table Read` (finish) is gone"),
        ("| `done` | boolean | anonymous |", "| `done` | any field | unspecified |", "is boolean, was any field"),
        (
            "| `mode` | one of \"append\" |",
            "| `mode` | one of \"append\", \"overwrite\" |",
            "is one of \"append\", was one of \"append\", \"overwrite\"",
        ),
        ("| 9999-12-31 |", "| – |", "expires 9999-12-31, expired never"),
        ("| `Anonymous` | finish | anonymous |", "| `Anonymous` | finish | content |", "is anonymous, was content"),
    ];
    for (old, new, change) in cases {
        let (is_equal, said) = check(&with(old, new));
        assert!(!is_equal && said.starts_with("narrower: ") && said.contains(change), "{change}: {said}");
    }
}

/// Where both are so, it is wider, and what is wider comes first.
#[test]
fn wider_goes_before_narrower() {
    let page = with("| `done` | boolean | anonymous | `listed` |\n", "")
        .replacen("| `country` |", "| `zip_code` |", 1)
        .replacen("| 9999-12-31 |", "| – |", 1);
    let (_, said) = check(&page);
    let lines: Vec<_> = said.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "wider: more is collected than the page says",
            "field `done` that calls may add is new",
            "fact `country` that receivers derive is new",
            "event `Still Going` (finish) expires 9999-12-31, expired never",
            "fact `zip_code` that receivers derive is gone",
        ]
    );
}

#[test]
fn other_words_for_the_same_are_no_change_of_what_is_collected() {
    for (old, new) in [
        ("https://example.org/privacy", "https://example.org/our-privacy"),
        ("| sync team |", "| another team |"),
        ("| `listed::log_in` |", "| `listed::old::log_in` |"),
        ("# Telemetry", "---\ntitle: Telemetry\n---\n# Telemetry"),
    ] {
        let (is_equal, said) = check(&with(old, new));
        assert!(!is_equal && said.starts_with("reworded: the same is collected"), "{new}: {said}");
    }
}

#[test]
fn a_page_that_is_none_says_where_it_is_not() {
    let line_of = |text: &str| committed().lines().position(|line| line.contains(text)).unwrap() + 1;
    for (old, new, line, problem) in [
        ("| `done` | boolean |", "| `done` | bool |", line_of("| `done` |"), "`bool` is not a type of fields"),
        ("| `done` | boolean |", "| done | boolean |", line_of("| `done` |"), "between backticks"),
        (
            "| `done` | boolean | anonymous |",
            "| `done` | boolean | content |",
            line_of("| `done` |"),
            "expected the class anonymous",
        ),
        ("| `done` | boolean |", "| `done` |", line_of("| `done` |"), "expected 4 cells"),
        ("| `Login` | success |", "| `Login` | often |", line_of("| `Login` |"), "`often` is not a time"),
        (
            "| success | anonymous | stats |",
            "| success | anonymous | all |",
            line_of("| `Login` |"),
            "`all` is not a level",
        ),
        ("| 2020-01 |", "| soon |", line_of("| 2020-01 |"), "expected a month"),
        ("| Fact | Says |", "| Facts | Says |", line_of("| Fact | Says |"), "expected `| Fact | Says |`"),
        ("## Events", "## Event", line_of("## Events"), "expected `## Events`"),
        (
            "| `Table Read` | finish | `rows` |",
            "| `Table` | finish | `rows` |",
            line_of("| `Table Read` | finish | `rows` |"),
            "there is no event",
        ),
        ("| `cores` |", "| `channel` |", line_of("| `cores` |"), "the same is said above"),
    ] {
        let (is_equal, said) = check(&with(old, new));
        let expected = format!("not a catalogue: line {line}: ");
        assert!(!is_equal && said.starts_with(&expected) && said.contains(problem), "{new}: {said}");
    }
    let (_, said) = check("");
    assert!(said.starts_with("not a catalogue: line 0: expected `## Events`"), "{said}");
    let (_, said) = check(&format!("{}\n## More\n", committed()));
    assert!(said.contains("expected nothing more"), "{said}");
}

/// The schema of a program, ready to validate.
struct Schema {
    schemas: Schemas,
    index: boon::SchemaIndex,
}

impl Schema {
    fn of_listed() -> Self {
        let home = TempDir::new().unwrap();
        let schema: Value = serde_json::from_str(said(&listed(&["schema"], home.path()))).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("schema.json", schema).unwrap();
        let index = compiler.compile("schema.json", &mut schemas).unwrap();
        Self { schemas, index }
    }

    fn complaint(&self, body: &Value) -> Option<String> {
        self.schemas.validate(body, self.index).err().map(|error| format!("{error:#}"))
    }
}

/// Runs everything that the program has, and returns the bodies that its receiver got.
fn bodies() -> Vec<Value> {
    let receiver = Receiver::start();
    let home = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_listed"));
    let state = home.path().join("state");
    command.args(["run", &receiver.url(), state.to_str().unwrap()]).current_dir(home.path()).env_clear();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let bodies: Vec<Value> = receiver.requests().into_iter().map(|request| request.body).collect();
    assert!(!bodies.is_empty(), "{output:?}");
    bodies
}

fn events(bodies: &[Value]) -> Vec<&Value> {
    bodies.iter().flat_map(|body| body["events"].as_array().unwrap()).collect()
}

/// Every payload is valid, and what is not in the catalogue is not.
#[test]
fn what_is_sent_is_what_the_schema_says() {
    let schema = Schema::of_listed();
    let bodies = bodies();
    for body in &bodies {
        assert_eq!(schema.complaint(body), None, "{body}");
    }
    let sync = events(&bodies).into_iter().find(|event| event["event"] == "Sync Finished").unwrap();
    let valid = json!({"sent_at": bodies[0]["sent_at"], "events": [sync]});
    assert_eq!(schema.complaint(&valid), None);
    for (path, value) in [
        ("/events/0/event", json!("Sync Ended")),
        ("/events/0/kind", json!("start")),
        ("/events/0/id", json!("1")),
        ("/events/0/user_name", json!("ada")),
        ("/events/0/facts/home", json!("/home/ada")),
        ("/events/0/fields/path", json!("/home/ada")),
        ("/events/0/fields/tables", json!("two")),
        ("/events/0/fields/tables", json!(-2)),
        ("/events/0/fields/mode", json!("overwrite")),
        ("/events/0/fields/rows_range", json!("ada")),
        ("/events/0/fields/unknown", json!({"/home/ada": 1})),
        ("/events/0/fields/size/path", json!("/home/ada")),
        ("/events/0/fields/size/rows", json!("ada")),
        ("/events/0/fields/size/parts/0/path", json!("/home/ada")),
        ("/events/0/since", json!("2027-01-01T00:00:00.000000Z")),
        ("/sent_at", json!("yesterday")),
        ("/batch", json!(1)),
    ] {
        let (parent, key) = path.rsplit_once('/').unwrap();
        let mut body = valid.clone();
        body.pointer_mut(parent).unwrap()[key] = value;
        assert!(schema.complaint(&body).is_some(), "{body}");
    }
    let mut body = valid.clone();
    body["events"][0].as_object_mut().unwrap().remove("outcome");
    assert!(schema.complaint(&body).is_some(), "{body}");
}

/// What is only counted is one event, and of what is recorded in part it is said which part.
#[test]
fn what_is_not_recorded_call_by_call_is_what_the_page_says() {
    let bodies = bodies();
    let events = events(&bodies);
    let rows = only(&events, "Read Row Finished");
    assert_eq!((&rows["kind"], &rows["calls"], &rows["errors"]), (&json!("aggregate"), &json!(9), &json!(3)));
    assert!(committed().contains("| `Read Row Finished` | aggregate | anonymous | stats | how fast rows are read |"));
    let pages: Vec<_> = events.iter().filter(|event| event["event"] == "Page Read").collect();
    assert_eq!(pages.len(), 2);
    for page in pages {
        assert_eq!((&page["sample_rate"], &page["limit"]), (&json!(1), &json!("2/day")));
    }
    for name in ["sample_rate", "limit", "suppressed"] {
        assert!(committed().contains(&format!("| `{name}` |")), "{name}");
    }
    let schema = Schema::of_listed();
    for (path, value) in [
        ("/events/0/calls", json!(-1)),
        ("/events/0/histogram/0", json!([1, 2, 3])),
        ("/events/0/histogram/0/1", json!("many")),
        ("/events/0/since", json!("yesterday")),
        ("/events/0/kind", json!("finish")),
    ] {
        let mut body = json!({"sent_at": bodies[0]["sent_at"], "events": [rows]});
        assert_eq!(schema.complaint(&body), None);
        *body.pointer_mut(path).unwrap() = value;
        assert!(schema.complaint(&body).is_some(), "{body}");
    }
}

fn only<'a>(events: &[&'a Value], name: &str) -> &'a Value {
    let found: Vec<_> = events.iter().filter(|event| event["event"] == name).collect();
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

/// CQ-02, CQ-03: what says who somebody is is recorded only where an identity is set, on no other event either.
#[test]
fn what_is_identifiable_waits_for_an_identity() {
    let bodies = bodies();
    let text = json!(bodies).to_string();
    for word in ["Invoice", "acme", "secret-team", "team_size"] {
        assert!(!text.contains(word), "{word}");
    }
    let fields = &only(&events(&bodies), "Anonymous")["fields"];
    assert_eq!(*fields, json!({"plugin": "cloudquery/aws"}));
}

/// An event that has expired is not recorded, its fields are not evaluated, and what it calls has nobody unknown as its parent.
#[test]
fn what_has_expired_is_not_recorded() {
    let bodies = bodies();
    let events = events(&bodies);
    assert!(!events.iter().any(|event| event["event"] == "Old Experiment"));
    assert_eq!(only(&events, "Within Expired").get("parent_call_id"), None);
    only(&events, "Still Going");
}

/// TI-12, CL-22: what an error says goes with the events that declare it, and with no others.
#[test]
fn what_an_error_says_goes_where_it_is_declared() {
    let bodies = bodies();
    let events = events(&bodies);
    assert_eq!(only(&events, "Fails By Value")["error"], "no \"table\" `a|b`\n in the second line");
    assert_eq!(only(&events, "Fails By Question")["error"], "it was silent");
    let unsaid = only(&events, "Fails Unsaid");
    assert_eq!((&unsaid["outcome"], unsaid.get("error")), (&json!("error"), None));
    assert!(!json!(bodies).to_string().contains("unsaid-words"));
    let reported =
        |error: Option<&Value>| events.iter().any(|event| event["kind"] == "error" && event.get("error") == error);
    assert!(reported(Some(&json!("no page of that name"))) && reported(None), "{events:#?}");
}

/// HA-15, CQ-08: of what a user named there is only the template; of numbers, only the range.
#[test]
fn templates_and_ranges_are_sent_in_the_place_of_what_they_stand_for() {
    let bodies = bodies();
    let events = events(&bodies);
    assert_eq!(only(&events, "Route Called")["fields"], json!({"route": "/tables/TABLE_NAME/modify"}));
    let ranges: Vec<_> =
        events.iter().map(|event| &event["fields"]["rows_range"]).filter(|range| !range.is_null()).collect();
    assert_eq!(ranges, ["10-99", "0-9"]);
}
