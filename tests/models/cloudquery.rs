//! `examples/cloudquery`, which is configured as CloudQuery's command line is today.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::process::Command;

use serde_json::{Value, json};
use telemetry_tests::{Receiver, Request};

use crate::machine::{Machine, Run};

const UUID: &str = "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11";
/// What stands in the user's tables, paths and keys, and must not leave.
const CANARY: &str = "CANARY-7f3a9c51e2d4";
/// Two tables of a shop, one of them with a line that is no row.
const CUSTOMERS: &str = "id,name,country\n1,CANARY-7f3a9c51e2d4,UK\n2,Grace,US\n";
const ORDERS: &str = "id,customer_id,total\n1,1,3\n2,2\n";

/// A user's machine with a spec, and the receivers of the program's vendor.
struct User {
    machine: Machine,
    receiver: Receiver,
}

impl User {
    /// With the tables of a shop in the folder `data`, and a spec of them.
    fn new(source: &str) -> Self {
        let user = Self { machine: Machine::new(), receiver: Receiver::start() };
        user.write("data/customers.csv", CUSTOMERS);
        user.write("data/orders.csv", ORDERS);
        let destinations = json!([
            {"path": "cloudquery/jsonl", "folder": format!("{CANARY}-out")},
            {"path": "cloudquery/csv", "folder": "out"},
        ]);
        user.write(
            "spec.json",
            &json!({"source": {"path": source, "folders": ["data"]}, "destinations": destinations}).to_string(),
        );
        user
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.machine.folder().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.machine.folder().join(path)).unwrap()
    }

    /// The program with no variable of its own: so it is a developer's.
    fn plain(&self, words: &str) -> Command {
        let words: Vec<_> = words.split_whitespace().collect();
        self.machine.program(env!("CARGO_BIN_EXE_cloudquery"), &words)
    }

    /// The program, which sends to the receivers here.
    fn command(&self, words: &str) -> Command {
        let url = self.receiver.url();
        let host = url.trim_start_matches("http://").trim_end_matches("/v1/events");
        let mut command = self.plain(words);
        command.env("CQ_RUDDERSTACK_DATA_PLANE_URL", format!("http://{host}"));
        command.env("CQ_SENTRY_DSN", format!("http://key@{host}/7"));
        command
    }

    /// Signs in with a key of this user and team.
    fn log_in(&self, user: &str, team: &str) {
        self.write("key", &format!("{user}:{team}:{CANARY}\n"));
        let key = File::open(self.machine.folder().join("key")).unwrap();
        Run::good(self.command("login").stdin(key));
    }

    fn requests(&self, path: &str) -> Vec<Request> {
        self.receiver.requests().into_iter().filter(|request| request.path == path).collect()
    }

    /// The messages of one type that the data plane got.
    fn messages(&self, kind: &str) -> Vec<Value> {
        let batches = self.requests("/v1/batch").into_iter();
        let messages = batches.flat_map(|batch| batch.body["batch"].as_array().unwrap().clone());
        messages.filter(|message| message["type"] == kind).collect()
    }

    /// The names of its events, in the order in which they happened.
    fn tracked(&self) -> Vec<String> {
        let mut tracks = self.messages("track");
        tracks.sort_by_key(|track| track["originalTimestamp"].to_string());
        tracks.iter().map(|track| track["event"].as_str().unwrap().to_owned()).collect()
    }

    /// The one event of this name.
    fn track(&self, name: &str) -> Value {
        let named: Vec<_> = self.messages("track").into_iter().filter(|track| track["event"] == name).collect();
        assert_eq!(named.len(), 1, "{name}: {named:#?}");
        named.into_iter().next().unwrap()
    }

    /// The panics that Sentry got.
    fn panics(&self) -> Vec<Value> {
        let envelopes = self.requests("/api/7/envelope/").into_iter();
        let item = |envelope: Request| {
            let text = String::from_utf8(envelope.bytes).unwrap();
            serde_json::from_str::<Value>(text.lines().nth(2).unwrap()).unwrap()
        };
        envelopes.map(item).collect()
    }
}

/// The names and values of an event's properties, without those that depend on the machine, the run and the clock.
fn properties(track: &Value) -> Value {
    let mut properties = track["properties"].clone();
    let members = properties.as_object_mut().unwrap();
    for name in ["arch", "call_id", "parent_call_id", "container", "ci", "agent", "faas", "interactive"] {
        members.remove(name);
    }
    for name in ["duration", "invocation_uuid"] {
        if let Some(value) = members.get_mut(name) {
            *value = json!("…");
        }
    }
    properties
}

/// CQ-13, CW-18, CW-34: at the end of a sync, numbers and versions, of nobody.
#[test]
fn a_sync_of_nobody_is_summed_up() {
    let user = User::new("cloudquery/shop");
    Run::good(&mut user.command("sync spec.json"));
    assert_eq!(user.tracked(), ["sync_summary"], "what is identifiable is of those who have signed in");
    let summary = user.track("sync_summary");
    assert_eq!((summary.get("userId"), summary["anonymousId"].is_string()), (None, true));
    let mut found = properties(&summary);
    assert!(["lasting", "ephemeral"].contains(&found["install_id_kind"].as_str().unwrap()), "{found}");
    found.as_object_mut().unwrap().remove("install_id_kind");
    assert_eq!(
        found,
        json!({
            "kind": "finish", "invocation_uuid": "…", "environment": "cli", "status": "ok", "is_error": false, "duration": "…",
            "command": "cloudquery sync",
            "source_path": "cloudquery/shop", "destination_paths": ["cloudquery/jsonl", "cloudquery/csv"],
            "source_version": env!("CARGO_PKG_VERSION"), "resources": 3, "errors": 1, "panics": 0,
        })
    );
    assert!(summary["properties"]["duration"].is_u64(), "integer nanoseconds");
    assert_eq!((user.messages("identify").len(), user.messages("group").len()), (0, 0));
    assert_eq!(user.read("out/shop_orders.csv"), "id,customer_id,total\n1,1,3\n");
    let rows = user.read(&format!("{CANARY}-out/shop_customers.jsonl"));
    assert_eq!(rows.lines().next().unwrap(), json!({"id": "1", "name": CANARY, "country": "UK"}).to_string());
}

/// CQ-02, CQ-15, CQ-16, CQ-17, CW-14, CW-16, CW-18, CW-19, CW-28: who signs in is named by ids of user and team, on what they sync.
#[test]
fn whoever_signs_in_is_named() {
    let user = User::new("cloudquery/csv");
    user.log_in("u-1", "t-1");
    let login = user.track("login_success");
    assert_eq!((&login["userId"], login.get("anonymousId")), (&json!("u-1"), None));
    assert_eq!(
        (&login["properties"]["team"], &login["properties"]["$groups"]),
        (&json!("t-1"), &json!({"team": "t-1"}))
    );

    Run::good(&mut user.command("sync spec.json"));
    let (started, completed) = (user.track("sync_run_started"), user.track("sync_run_completed"));
    let who = json!({
        "invocation_uuid": "…", "environment": "cli", "install_id_kind": "none", "identity_source": "login",
        "command": "cloudquery sync", "team": "t-1", "$groups": {"team": "t-1"},
        "source_path": "cloudquery/csv", "destination_paths": ["cloudquery/jsonl", "cloudquery/csv"],
    });
    let with = |more: Value| {
        let mut all = who.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    assert_eq!(properties(&started), with(json!({"kind": "start"})));
    assert_eq!(
        properties(&completed),
        with(json!({
            "kind": "finish", "status": "ok", "is_error": false, "duration": "…",
            "total_rows": 3, "errors": 1, "warnings": 0,
        }))
    );
    for track in [&started, &completed] {
        assert_eq!((&track["userId"], track.get("anonymousId")), (&json!("u-1"), None));
    }
    let summary = user.track("sync_summary");
    assert_eq!((summary.get("userId"), &summary["properties"]["install_id_kind"]), (None, &json!("none")));
    assert_eq!(
        summary["anonymousId"], summary["properties"]["invocation_uuid"],
        "it is of nobody, and of no installation"
    );

    Run::good(&mut user.command("logout"));
    Run::good(&mut user.command("tables spec.json"));
    let after = user.track("tables_completed");
    assert_eq!((after.get("userId"), &after["properties"]["is_error"]), (None, &json!(false)));
}

/// CQ-16: a key for programs is an identity as well, and it is said which of the two it is.
#[test]
fn a_key_in_a_variable_is_somebody() {
    let user = User::new("cloudquery/csv");
    Run::good(user.command("sync spec.json").env("CLOUDQUERY_API_KEY", format!("u-2:t-2:{CANARY}")));
    let completed = user.track("sync_run_completed");
    assert_eq!((&completed["userId"], &completed["properties"]["identity_source"]), (&json!("u-2"), &json!("api_key")));
    assert!(!user.machine.home().join(".cloudquery").exists(), "it is kept nowhere");
}

/// CW-17, CW-35: where the variable says that it runs in the cloud, the team stands for the user.
#[test]
fn in_the_cloud_the_team_stands_for_the_user() {
    let user = User::new("cloudquery/csv");
    let mut sync = user.command("sync spec.json");
    Run::good(sync.env("CLOUDQUERY_API_KEY", "u-2:t-2:secret").env("CQ_CLOUD", "1"));
    let properties = user.track("sync_run_completed")["properties"].clone();
    assert_eq!((&properties["environment"], &properties["team"]), (&json!("cloud"), &json!("t-2")));
    assert_eq!(properties["identity_source"], "service_account");
    assert!(user.messages("track").iter().all(|track| track.get("userId").is_none()));
    assert_eq!(user.messages("group")[0]["groupId"], "t-2");
}

/// CW-20, CW-33: the team that makes the program is not counted.
#[test]
fn the_own_team_is_left_out() {
    let user = User::new("cloudquery/csv");
    user.log_in("u-1", "cloudquery");
    Run::good(&mut user.command("sync spec.json"));
    assert_eq!(user.receiver.requests().len(), 0);
    let said = Run::good(&mut user.command("telemetry status")).stdout;
    assert!(said.contains("identity") && said.contains("excluded by the program"), "{said}");
}

/// CW-15: who keeps count gives the id of the run, which is the plugin's trace, too.
#[test]
fn the_id_of_a_run_may_be_given() {
    let user = User::new("cloudquery/csv");
    Run::of(&mut user.command(&format!("--invocation-id {UUID} sync spec.json --panic-after 1")));
    assert_eq!(user.track("sync_summary")["properties"]["invocation_uuid"], UUID);
    let traces: BTreeSet<_> =
        user.panics().iter().map(|panic| panic["contexts"]["trace"]["trace_id"].to_string()).collect();
    assert_eq!(traces, BTreeSet::from([json!(UUID.replace('-', "")).to_string()]));
    // What is none is said, and is no reason not to sync.
    let said = Run::good(&mut user.command("--invocation-id mine telemetry status")).stdout;
    assert!(said.contains("`mine`") && said.contains("a UUID with hyphens"), "{said}");
    Run::good(&mut user.command("--invocation-id mine sync spec.json"));
    assert_eq!(user.tracked().len(), 1);
}

/// CQ-01, CQ-12: a bug of the plugin's is told once, by the plugin, by its place and not by its words; the program goes on.
#[test]
fn a_bug_of_the_plugins_is_told_once() {
    let user = User::new("cloudquery/shop");
    fs::remove_file(user.machine.folder().join("data/orders.csv")).unwrap();
    let run = Run::of(&mut user.command("sync spec.json --panic-after 1"));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("a bug after 1 rows"), "what a user sees of it is as ever: {run:?}");
    let [panic] = user.panics().try_into().unwrap();
    assert_eq!(panic["release"], concat!("cloudquery_plugin@", env!("CARGO_PKG_VERSION")));
    let value = panic["exception"]["values"][0].clone();
    assert!(value["value"].as_str().unwrap().contains("examples/cloudquery/plugin.rs:"), "{value}");
    assert!(!panic.to_string().contains("a bug after"), "{panic}");
    let summary = user.track("sync_summary")["properties"].clone();
    assert_eq!(
        (&summary["panics"], &summary["resources"], &summary["status"]),
        (&json!(1), &json!(1), &json!("error"))
    );
    let trace = json!(summary["invocation_uuid"].as_str().unwrap().replace('-', ""));
    assert_eq!(panic["contexts"]["trace"]["trace_id"], trace, "program and plugin are one trace");
}

/// CQ-01, CQ-11, CQ-18, CQ-19, CW-02, CW-03, CW-04, CW-05, CW-06, CW-07, CW-08, CW-09, CW-10, CW-13: which level has which kinds, for the program
/// and its plugin, and who says it.
#[test]
fn the_levels_are_those_of_the_page() {
    let level = |flag: &str, variables: &[(&str, &str)]| {
        let user = User::new("cloudquery/csv");
        let mut command = user.command(&format!("{flag} sync spec.json --panic-after 1"));
        assert_eq!(Run::of(command.envs(variables.iter().copied())).code, Some(1));
        let has_state = user.machine.home().join(".local").exists();
        (user.tracked().len(), user.panics().len(), has_state)
    };
    let own = "CQ_TELEMETRY_LEVEL";
    let (all, stats, errors, none) = ((1, 2, true), (1, 0, true), (0, 2, true), (0, 0, false));
    for (flag, variables, expected) in [
        ("", &[] as &[(&str, &str)], all),
        ("", &[(own, "all")], all),
        ("", &[(own, "stats")], stats),
        ("", &[(own, "errors")], errors),
        ("", &[(own, "none")], none),
        ("--telemetry-level stats", &[(own, "none")], stats),
        ("--telemetry-level none", &[(own, "all")], none),
        // What the plugin is told goes before what it finds in its environment.
        ("--telemetry-level stats", &[(own, "all")], stats),
        ("", &[(own, "errors"), ("CQ_NO_TELEMETRY", "1")], errors),
        ("", &[("CQ_NO_TELEMETRY", "1")], none),
        ("", &[("CQ_NO_TELEMETRY", "0")], all),
        // What cannot be understood is no consent, and no reason not to sync either.
        ("", &[(own, "loud")], none),
    ] {
        assert_eq!(level(flag, variables), expected, "{flag} {variables:?}");
    }
}

/// CW-09, CW-11: the variable of before is said to be deprecated, where it is what decides.
#[test]
fn the_variable_of_before_warns() {
    let user = User::new("cloudquery/csv");
    let warned = |command: &mut Command| Run::good(command).stderr.contains("warning: CQ_NO_TELEMETRY is deprecated");
    assert!(warned(user.command("sync spec.json").env("CQ_NO_TELEMETRY", "1")));
    assert!(!warned(user.command("sync spec.json").env("CQ_NO_TELEMETRY", "0")));
    assert!(!warned(&mut user.command("sync spec.json")));
}

/// CW-12, CW-33: a developer's build sends nothing, keeps nothing, and says why; its plugin as well.
#[test]
fn a_development_build_begins_nothing() {
    let user = User::new("cloudquery/csv");
    assert_eq!(Run::of(&mut user.plain("sync spec.json --panic-after 1")).code, Some(1));
    assert!(!user.machine.home().join(".local").exists());
    let said = Run::good(&mut user.plain("telemetry status")).stdout;
    assert!(said.starts_with("telemetry level: none") && said.contains("debug build"), "{said}");
}

/// CW-01, CW-25, CW-26: the vendor's addresses and key, unless variables name others.
#[test]
fn variables_stand_in_for_key_and_address() {
    let user = User::new("cloudquery/csv");
    Run::good(&mut user.plain("telemetry inspect sync spec.json"));
    let shown = user.read("cloudquery-telemetry.txt");
    assert!(shown.contains("POST https://analytics-events.cloudquery.invalid/v1/batch\n"), "{shown}");

    Run::good(&mut user.command("sync spec.json"));
    Run::good(user.command("sync spec.json").env("CQ_RUDDERSTACK_WRITE_KEY", "other"));
    let header = |request: &Request| {
        let header = request.headers.iter().find(|(name, _)| name == "authorization");
        header.map(|(_, value)| value.clone()).unwrap()
    };
    let headers: Vec<_> = user.requests("/v1/batch").iter().map(header).collect();
    // `example-write-key:` and `other:`, as user names without a password.
    assert_eq!(headers, ["Basic ZXhhbXBsZS13cml0ZS1rZXk6", "Basic b3RoZXI6"]);
}

/// CW-21, CW-22, CW-23, CW-24, CW-29: what each table came to is in a file of the user's, and nowhere else.
#[test]
fn what_each_table_came_to_is_in_a_file() {
    let user = User::new("cloudquery/shop");
    let sync = "sync spec.json --tables-metrics-location tables.txt --panic-after 1";
    assert_eq!(Run::of(&mut user.command(sync)).code, Some(1));
    let file = user.read("tables.txt");
    let rows = file.lines().filter(|line| line.starts_with('|'));
    let mut rows =
        rows.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    assert_eq!(rows.next().unwrap(), ["Table", "Client", "Start", "End", "Duration", "Resources", "Errors", "Panics"]);
    let rows: BTreeMap<_, _> = rows.map(|row| (row[0].clone(), row)).collect();
    for (table, numbers) in [("shop_customers", ["1", "0", "1"]), ("shop_orders", ["1", "0", "1"])] {
        let row = &rows[table];
        assert_eq!(row[5..], numbers, "{file}");
        assert!(row[2] <= row[3] && row[2].starts_with("20") && !row[4].is_empty(), "{file}");
        assert_eq!((row[1].len(), &row[1]), (32, &rows["shop_orders"][1]), "a client by its hash: {file}");
    }
    assert_eq!(rows.len(), 2);
    assert_eq!(user.tracked(), ["sync_summary"], "the numbers of the tables are none of the vendor's");
    assert!(user.receiver.requests().iter().all(|request| !contains(request, "shop_")));
}

/// The same of tables that the user named: they are told apart, and not named.
#[test]
fn tables_that_the_user_named_are_not_named() {
    let user = User::new("cloudquery/csv");
    Run::good(&mut user.command("sync spec.json --tables-metrics-location tables.txt"));
    let file = user.read("tables.txt");
    let rows: Vec<_> = file.lines().skip(3).filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() == 2 && !file.contains("customers"), "{file}");
    // Without telemetry there is nothing to write, which is said, and the sync is as ever.
    let off = Run::good(&mut user.command("--telemetry-level none sync spec.json --tables-metrics-location off.txt"));
    assert!(off.stderr.contains("off.txt stays empty: telemetry is off"), "{off:?}");
}

/// CQ-14, CW-14: each command says how it ended; a spec's path and what an error says are on none.
#[test]
fn commands_say_how_they_ended() {
    let user = User::new("cloudquery/csv");
    let path = format!("{CANARY}.json");
    Run::good(&mut user.command(&format!("init --source shop --destination csv --spec-path {path}")));
    assert_eq!(Run::of(&mut user.command(&format!("init --accept-defaults --spec-path {path}"))).code, Some(1));
    assert_eq!(user.tracked(), ["init_started", "init_completed", "init_started", "init_completed"]);
    let tracks = user.messages("track");
    let of = |at: usize, name: &str| tracks[at]["properties"].get(name).cloned().unwrap_or_default();
    for at in [0, 1] {
        assert_eq!((of(at, "source"), of(at, "destination")), (json!("cloudquery/shop"), json!("cloudquery/csv")));
        assert_eq!((of(at, "accept_defaults"), of(at + 2, "accept_defaults")), (json!(false), json!(true)));
        assert_eq!((of(at, "team"), of(at, "spec_path"), of(at + 2, "error")), (Value::Null, Value::Null, Value::Null));
    }
    assert_eq!((of(1, "status"), of(3, "status"), of(3, "is_error")), (json!("ok"), json!("error"), json!(true)));

    Run::good(&mut user.command("validate spec.json"));
    assert_eq!(Run::of(&mut user.command("validate data/orders.csv")).code, Some(1));
    Run::good(&mut user.command("tables spec.json"));
    let ended: Vec<_> =
        user.messages("track").iter().skip(4).map(|it| json!([it["event"], it["properties"]["status"]])).collect();
    assert_eq!(
        ended,
        [
            json!(["validate_started", null]),
            json!(["validate_completed", "ok"]),
            json!(["validate_started", null]),
            json!(["validate_completed", "error"]),
            json!(["tables_started", null]),
            json!(["tables_completed", "ok"]),
        ]
    );
}

/// CW-31: without telemetry, all is as with it.
#[test]
fn all_works_without_telemetry() {
    let runs = |level: &str| {
        let user = User::new("cloudquery/csv");
        let mut run = |words: &str| Run::of(user.command(words).env("CQ_TELEMETRY_LEVEL", level));
        let words =
            ["validate spec.json", "tables spec.json", "sync spec.json", "sync nowhere.json", "init", "logout", "what"];
        let runs = words.map(&mut run);
        (runs, user.read("out/customers.csv"), user.receiver.requests().len())
    };
    let ((on, written, sent), (off, also_written, not_sent)) = (runs("all"), runs("none"));
    assert_eq!((on, written), (off, also_written));
    assert!(sent > 0 && not_sent == 0, "{sent} {not_sent}");
}

/// CW-32: no cell, path, key or text of an error is in what is sent, by the program or its plugin.
#[test]
fn nothing_of_the_users_is_sent() {
    let user = User::new("cloudquery/csv");
    user.write(&format!("data/{CANARY}.csv"), CUSTOMERS);
    user.log_in("u-1", "t-1");
    for words in [
        "sync spec.json --tables-metrics-location tables.txt",
        "sync spec.json --panic-after 1",
        "tables spec.json",
        "validate CANARY-7f3a9c51e2d4",
        "init --accept-defaults --spec-path CANARY-7f3a9c51e2d4/x",
        "CANARY-7f3a9c51e2d4",
    ] {
        Run::of(&mut user.command(words));
    }
    let requests = user.receiver.requests();
    assert!(user.tracked().len() > 10 && user.panics().len() == 3, "{:?}", user.tracked());
    for request in &requests {
        assert!(!contains(request, CANARY), "{request:?}");
    }
}

/// CW-30, CW-36, CQ-03, CQ-04, CQ-20: the page says each event with what it is for, and where more is said.
#[test]
fn the_page_says_what_is_collected() {
    let user = User::new("cloudquery/csv");
    let page = Run::good(&mut user.plain("telemetry catalogue")).stdout;
    for said in [
        "| `login_success` | success | identifying | stats | who uses the product, and how often |",
        "| `sync_run_started` | start | identifying | stats | how syncs go, to help those whose do not |",
        "| `sync_run_completed` | finish | identifying | stats | how syncs go, to help those whose do not |",
        "| `sync_summary` | finish | anonymous | stats | which integrations are used, and how much |",
        "| `init_completed` | finish | identifying | stats | whether a spec is easily begun |",
        "| `total_rows` | unsigned | anonymous |",
        "https://docs.cloudquery.io/docs/reference/cli/cloudquery",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("sync.table"), "what the plugin says, its own page says");
}

/// What a licensing server has got: each report once, by its id.
fn reports(receiver: &Receiver) -> Vec<Value> {
    let bodies = receiver.requests().into_iter().map(|request| (request.body["request_id"].to_string(), request.body));
    bodies.collect::<BTreeMap<_, _>>().into_values().collect()
}

/// The same once it is of so many rows: what did not go in the plugin's time goes with another run of it, which reads none.
fn all_reports(user: &User, licensing: &Receiver, name: &str, rows: u64) -> Vec<Value> {
    for _ in 0..20 {
        let reports = reports(licensing);
        if reports.iter().map(|report| report[name].as_u64().unwrap()).sum::<u64>() >= rows {
            return reports;
        }
        let mut list = user.command("--telemetry-level none tables spec.json");
        Run::good(list.env("CQ_LICENSING_ENDPOINT", licensing.url()));
    }
    panic!("{rows} rows were not reported in 20 runs")
}

/// The names in a body.
fn names(body: &Value) -> BTreeSet<String> {
    body.as_object().unwrap().keys().cloned().collect()
}

/// CQ-05, CQ-06, CQ-07, CQ-08, CQ-09: the plugin reports the rows that it read, of tables that stand in its source by name; by itself, beside
/// the rest, with an id for each report.
#[test]
fn the_plugin_reports_the_rows_that_it_read() {
    let (user, licensing) = (User::new("cloudquery/shop"), Receiver::start());
    user.write("data/notes.csv", "id,text\n1,none of the shop's\n");
    for _ in 0..2 {
        Run::good(user.command("sync spec.json").env("CQ_LICENSING_ENDPOINT", licensing.url()));
    }
    let reports = all_reports(&user, &licensing, "resource_count", 6);
    let of_report = ["app", "plugin_kind", "plugin_name", "request_id", "resource_count", "tables", "time", "version"];
    let (mut ids, mut rows, mut by_table) = (BTreeSet::new(), 0, BTreeMap::new());
    for report in &reports {
        assert_eq!(names(report), of_report.map(str::to_owned).into());
        assert_eq!((&report["plugin_name"], &report["plugin_kind"]), (&json!("cloudquery/shop"), &json!("source")));
        ids.insert(report["request_id"].to_string());
        rows += report["resource_count"].as_u64().unwrap();
        for table in report["tables"].as_array().unwrap() {
            let of_table = by_table.entry(table["table_name"].as_str().unwrap().to_owned()).or_insert(0);
            *of_table += table["resource_count"].as_u64().unwrap();
        }
    }
    assert_eq!((ids.len(), rows), (reports.len(), 6), "{reports:#?}");
    assert_eq!(by_table, BTreeMap::from([("shop_customers".to_owned(), 4), ("shop_orders".to_owned(), 2)]));
    assert_eq!(
        user.tracked(),
        ["sync_summary", "sync_summary"],
        "what is to be paid for is no usage of the other kind"
    );
}

/// CQ-08: a source whose tables are the user's names none. The names of a report may be those of the model's code.
#[test]
fn tables_of_the_users_are_not_reported() {
    let (user, licensing) = (User::new("cloudquery/csv"), Receiver::start());
    let mut sync = user.command("sync spec.json");
    Run::good(sync.env("CQ_LICENSING_ENDPOINT", licensing.url()).env("CQ_LICENSING_SDK", "1"));
    let reports = all_reports(&user, &licensing, "rows", 3);
    let of_report = ["plugin_kind", "plugin_name", "plugin_team", "request_id", "rows"].map(str::to_owned);
    assert!(reports.iter().all(|report| names(report) == of_report.clone().into()), "{reports:?}");
    assert_eq!(reports.iter().map(|report| report["rows"].as_u64().unwrap()).sum::<u64>(), 3);
    assert_eq!((&reports[0]["plugin_team"], &reports[0]["plugin_name"]), (&json!("cloudquery"), &json!("csv")));
    assert!(licensing.requests().iter().all(|request| !contains(request, "customers")));
}

/// CQ-10: no level and no flag keeps it back; nothing else is sent then, and no id is made. Whoever asks is told of it.
#[test]
fn what_is_to_be_paid_for_is_reported_at_every_level() {
    for words in ["--telemetry-level none sync spec.json", "--telemetry-level errors sync spec.json"] {
        let (user, licensing) = (User::new("cloudquery/shop"), Receiver::start());
        Run::good(user.command(words).env("CQ_LICENSING_ENDPOINT", licensing.url()));
        let reports = all_reports(&user, &licensing, "resource_count", 3);
        assert_eq!(reports.iter().map(|report| report["resource_count"].as_u64().unwrap()).sum::<u64>(), 3, "{words}");
        assert_eq!(user.receiver.requests().len(), 0, "{words}");
        let ids = ["cloudquery", "cloudquery_plugin"];
        let is_there =
            |app: &&str| user.machine.home().join(format!(".local/state/{app}/telemetry/install-id")).exists();
        assert_eq!(ids.iter().filter(|app| is_there(app)).count(), 0, "{words}");
    }
    let user = User::new("cloudquery/shop");
    for words in ["telemetry status", "telemetry catalogue"] {
        let said = Run::good(&mut user.command(words)).stdout;
        assert!(said.contains("required") && said.contains("licensing.cloudquery.invalid"), "{words}: {said}");
    }
}

/// Whether the text is anywhere in a request.
fn contains(request: &Request, text: &str) -> bool {
    let headers = format!("{:?} {}", request.headers, request.path);
    headers.contains(text) || request.bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes())
}
