//! Hasura: the engine's server and its command line.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use telemetry_tests::{Receiver, Reply, Request};

use crate::machine::{Machine, Run};

/// What a user may have called things, and nobody is to be told.
const SECRETS: [&str; 4] = ["secret_authors", "secret-project", "secret_role", "secret_column"];

/// A server that runs until this is dropped.
struct Engine {
    process: Child,
    url: String,
}

impl Engine {
    /// Serves on a port of its own, and gives samples as often as can be.
    fn start(command: &mut Command) -> Self {
        command.env("HASURA_GRAPHQL_TELEMETRY_INTERVAL", "0.01").stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = said.next().unwrap().unwrap();
        // What it says at its end, it says to nobody.
        std::thread::spawn(move || said.for_each(drop));
        Self { process, url: line.strip_prefix("listening on ").unwrap().to_owned() }
    }

    /// What it answers to a GET.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn uuid(&self) -> String {
        let answer = self.get("/v1/version");
        let said: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        said["server_uuid"].as_str().unwrap().to_owned()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn server(machine: &Machine, words: &[&str]) -> Command {
    machine.program(env!("CARGO_BIN_EXE_hasura_server"), words)
}

/// A server that is there to be talked to, and tells nothing.
fn silent(machine: &Machine) -> Engine {
    Engine::start(&mut server(machine, &["serve", "--server-port", "0", "--enable-telemetry=false"]))
}

fn command_line(machine: &Machine, receiver: &Receiver, words: &str) -> Command {
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut command = machine.program(env!("CARGO_BIN_EXE_hasura"), &words);
    command.env("HASURA_HASURA_ENDPOINT", receiver.url());
    command
}

/// Two tables and a view, with names that are to stay here.
fn metadata() -> Value {
    json!({"version": 3, "sources": [{"name": "secret_source", "kind": "postgres", "tables": [
        {
            "name": "secret_authors", "columns": ["secret_column"],
            "relationships": [
                {"name": "secret_to", "table": "articles"},
                {"name": "secret_back", "table": "articles", "manual": true}
            ],
            "select_permissions": [{"role": "secret_role", "columns": []}, {"role": "other", "columns": []}],
            "delete_permissions": [{"role": "secret_role"}],
            "event_triggers": [{"name": "secret_trigger"}]
        },
        {"name": "articles", "columns": ["id"], "is_enum": true},
        {"name": "secret_view", "columns": ["id"], "is_view": true}
    ], "functions": [{"name": "secret_function"}]}], "remote_schemas": [{"name": "secret_schema"}]})
}

/// A project of these metadata, whose engine has them.
fn applied(machine: &Machine, receiver: &Receiver, engine: &Engine) {
    Run::good(&mut command_line(machine, receiver, &format!("init secret-project --endpoint {}", engine.url)));
    std::fs::write(machine.folder().join("secret-project/metadata.json"), metadata().to_string()).unwrap();
    Run::good(&mut command_line(machine, receiver, "metadata apply --project secret-project"));
}

fn data(requests: &[Request]) -> Vec<&Value> {
    requests.iter().map(|request| &request.body["data"]).collect()
}

/// The data of these commands, each once, in the order in which they ran.
fn executions(receiver: &Receiver, count: usize) -> Vec<Value> {
    receiver.wait_for_requests(count);
    let mut told: Vec<Value> = data(&receiver.requests()).into_iter().cloned().collect();
    told.sort_by_key(|data| data["timestamp"].to_string());
    told.dedup();
    told
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn holds_a_secret(request: &Request) -> bool {
    let sent = format!("{:?} {}", request.headers, String::from_utf8_lossy(&request.bytes));
    SECRETS.iter().any(|secret| sent.contains(secret)) || sent.contains("no engine") || sent.contains("No such file")
}

/// HA-13, HA-16, HA-17, HA-18, HA-19: each execution is told with the document's members: an id of the installation and one of the run,
/// the command by name, whether it failed, and which engine it talked to; no argument, no flag, no text of an error.
#[test]
fn each_execution_is_told_as_the_document_has_it() {
    let (machine, receiver) = (Machine::new(), Receiver::start());
    let engine = silent(&machine);
    applied(&machine, &receiver, &engine);
    let failed = Run::of(&mut command_line(&machine, &receiver, "metadata diff --project secret-missing"));
    assert!(failed.code == Some(1) && failed.stderr.contains("secret-missing"), "{failed:?}");
    let told = executions(&receiver, 3);
    let [init, apply, diff] = told.as_slice() else { panic!("{told:?}") };

    let always =
        ["timestamp", "uuid", "execution_id", "version", "command", "is_error", "os_platform", "os_arch", "payload"];
    let with_server: BTreeSet<_> = always.into_iter().chain(["server_uuid", "server_version"]).collect();
    assert_eq!(keys(apply), with_server, "the document's, but for the id that its receiver gives");
    assert_eq!((keys(init), keys(diff)), (always.into(), always.into()), "they talked to no server");
    let commands = [init, apply, diff].map(|data| (data["command"].as_str().unwrap(), &data["is_error"]));
    let (yes, no) = (json!(true), json!(false));
    assert_eq!(commands, [("hasura init", &no), ("hasura metadata apply", &no), ("hasura metadata diff", &yes)]);
    assert_eq!((&apply["server_uuid"], &apply["server_version"]), (&json!(engine.uuid()), &json!("v0.1.0")));
    let fixed = (&apply["version"], &apply["payload"], &apply["os_platform"]);
    let platform = json!(std::env::consts::OS.replace("macos", "darwin"));
    assert_eq!(fixed, (&json!("v0.1.0"), &Value::Null, &platform));
    let ids = |name: &str| [init, apply, diff].map(|data| data[name].as_str().unwrap().to_owned());
    assert_eq!((BTreeSet::from(ids("uuid")).len(), BTreeSet::from(ids("execution_id")).len()), (1, 3));
    for request in receiver.requests() {
        assert!(!holds_a_secret(&request), "{request:?}");
        assert_eq!(request.body["topic"], "cli_test", "a developer's build is apart from releases");
    }
}

/// HA-22, HA-23: the variable turns it off, and so does the file that the program makes; nothing but that file is touched then.
#[test]
fn a_command_line_can_be_silent() {
    for value in [Some("false"), None] {
        let (machine, receiver) = (Machine::new(), Receiver::start());
        let config = machine.home().join(".hasura/config.json");
        let run = || {
            let mut command = command_line(&machine, &receiver, "init project");
            Run::good(command.envs(value.map(|value| ("HASURA_GRAPHQL_ENABLE_TELEMETRY", value))));
        };
        if value.is_none() {
            std::fs::create_dir(config.parent().unwrap()).unwrap();
            std::fs::write(&config, r#"{"enable_telemetry": false}"#).unwrap();
        }
        run();
        run();
        let kept: Vec<_> =
            std::fs::read_dir(config.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!((receiver.requests().len(), kept), (0, vec!["config.json".into()]));
        let said = if value.is_some() { json!({"enable_telemetry": true}) } else { json!({"enable_telemetry": false}) };
        assert_eq!(serde_json::from_str::<Value>(&std::fs::read_to_string(config).unwrap()).unwrap(), said);
    }
}

/// HA-20: the user sees where it goes, and HA-01, HA-02, HA-24 who gets to see it and where more is said.
#[test]
fn the_user_sees_where_it_goes() {
    let (machine, receiver) = (Machine::new(), Receiver::start());
    let mut inspect = command_line(&machine, &receiver, "telemetry inspect version");
    Run::good(inspect.env_remove("HASURA_HASURA_ENDPOINT"));
    let seen = std::fs::read_to_string(machine.folder().join("hasura-telemetry.txt")).unwrap();
    assert!(seen.contains("\nPOST https://telemetry.hasura.io/v1/http\n"), "{seen}");
    for program in [env!("CARGO_BIN_EXE_hasura"), env!("CARGO_BIN_EXE_hasura_server")] {
        let page = Run::good(&mut machine.program(program, &["telemetry", "catalogue"])).stdout;
        for said in [
            "Who sees it: the team that makes the engine, and no third parties",
            "<https://hasura.io/legal/hasura-privacy-policy>",
            "<https://hasura.io/docs/latest/policies/telemetry/#telemetry-optout>",
        ] {
            assert!(page.contains(said), "{said}");
        }
        let (of_program, of_framework) = page.split_once("\n## On every event").unwrap();
        assert!(!of_program.contains("| identifying |") && of_framework.contains("| identifying |"), "{page}");
    }
    let status = Run::good(&mut command_line(&machine, &receiver, "telemetry status")).stdout;
    assert!(status.contains(&receiver.url()), "{status}");
}

/// HA-03, HA-04, HA-05, HA-06, HA-15: a server gives the document's sample from time to time: how much there is of everything, and no
/// name of it; the database has an id that stays, and each process another one.
#[test]
fn a_server_gives_its_samples() {
    let (machine, receiver) = (Machine::new(), Receiver::start());
    let elsewhere = Receiver::start();
    applied(&machine, &elsewhere, &silent(&machine));
    let serve = || {
        let mut command = server(&machine, &["serve", "--server-port", "0"]);
        command.env("HASURA_GRAPHQL_HASURA_ENDPOINT", receiver.url()).env("TRAVIS", "true");
        Engine::start(&mut command)
    };
    let first = serve();
    receiver.wait_for_requests(3);
    let db_uid = first.uuid();
    drop(first);
    let before = receiver.requests().len();
    let second = serve();
    // What the first one left comes, too.
    receiver.wait_for_requests(before + 30);
    assert_eq!(second.uuid(), db_uid);
    drop(second);

    let metrics = json!({
        "views": 1, "tables": 2, "functions": 1,
        "permissions": {"roles": 2, "delete": 1, "insert": 0, "select": 2, "update": 0},
        "relationships": {"auto": 1, "manual": 1},
        "event_triggers": 1, "remote_schemas": 1
    });
    let requests = receiver.requests();
    let members = BTreeSet::from(["timestamp", "db_uid", "instance_uid", "version", "ci", "metrics"]);
    for request in &requests {
        let data = &request.body["data"];
        assert_eq!((&request.body["topic"], keys(data)), (&json!("server_metrics_v2_test"), members.clone()));
        let fixed = [&data["metrics"], &data["db_uid"], &data["ci"], &data["version"]];
        assert_eq!(fixed, [&metrics, &json!(db_uid), &json!("TRAVIS"), &json!("v0.1.0")]);
        assert!(!holds_a_secret(request), "{request:?}");
    }
    let instances: BTreeSet<_> = data(&requests).into_iter().map(|data| data["instance_uid"].to_string()).collect();
    assert_eq!(instances.len(), 2);
}

/// HA-07, HA-09, HA-10: with a licence, the server gives a sample of each source and of what runs as well, each in the envelope of the
/// enterprise edition and with an id of its own.
#[test]
fn the_enterprise_edition_gives_more() {
    const LICENCE: &str = "e86e5a54-ad3b-49e6-98ca-ab34b0a50f8f";
    let (machine, receiver) = (Machine::new(), Receiver::start());
    applied(&machine, &Receiver::start(), &silent(&machine));
    let mut command = server(&machine, &["serve", "--server-port", "0"]);
    command.env("HASURA_GRAPHQL_HASURA_ENDPOINT", receiver.url()).env("HASURA_GRAPHQL_EE_LICENSE_JTI", LICENCE);
    let engine = Engine::start(&mut command);
    let db_uid = engine.uuid();
    let has =
        |metric: &str| receiver.requests().iter().any(|request| !request.body["data"]["metrics"][metric].is_null());
    let mut count = 0;
    while !(has("backend_type") && has("hasura_http_response_bytes_total") && has("remote_schemas")) {
        count += 1;
        receiver.wait_for_requests(count);
        assert!(count < 10_000, "they do not come");
    }
    drop(engine);
    let requests = receiver.requests();
    let (samples, others): (Vec<_>, Vec<_>) =
        requests.iter().partition(|request| request.body["topic"] == "server_metrics_ee_test");
    assert!(others.iter().all(|request| !request.body["data"]["metrics"]["remote_schemas"].is_null()), "{others:?}");
    let members = BTreeSet::from([
        "license_jti",
        "client_id",
        "metadata_db_uid",
        "instance_uid",
        "sample_uid",
        "hasura_version",
        "metrics",
    ]);
    for request in &samples {
        let data = &request.body["data"];
        assert_eq!(keys(data), members);
        let fixed = [&data["license_jti"], &data["metadata_db_uid"], &data["client_id"], &data["hasura_version"]];
        assert_eq!(fixed, [&json!(LICENCE), &json!(db_uid), &Value::Null, &json!("v0.1.0")]);
        assert!(!holds_a_secret(request), "{request:?}");
    }
    let of = |metric: &str| {
        let metrics = samples.iter().map(|request| &request.body["data"]["metrics"]);
        metrics.filter(|metrics| !metrics[metric].is_null()).collect::<Vec<_>>()
    };
    let source = of("backend_type")[0];
    let counts = ["tables", "views", "enum_tables", "permissions_select", "permissions_roles", "relationships_manual"];
    assert_eq!(counts.map(|name| source[name].as_u64()), [2, 1, 1, 2, 2, 1].map(Some));
    assert_eq!((source["backend_type"].as_str(), source.as_object().unwrap().len()), (Some("postgres"), 18));
    let running = of("hasura_http_response_bytes_total")[0];
    assert!(running["hasura_http_response_bytes_total"][0]["value"].as_u64() > Some(0), "{running}");
    assert_eq!(running["hasura_metadata_resource_version"], json!([{"value": 2}]));
    let ids: BTreeSet<_> = samples.iter().map(|request| request.body["data"]["sample_uid"].to_string()).collect();
    let distinct: BTreeSet<_> = samples.iter().map(|request| request.body["data"].to_string()).collect();
    assert_eq!(ids.len(), distinct.len());
}

/// HA-12, HA-13, HA-14, HA-15: a page of the console that fails is told with the document's members: which page, in the words of its route, by
/// which server, and what the program says of it; no name of what it shows. A page that is shown, and one that is not there, are not told.
#[test]
fn a_page_of_the_console_that_fails_is_told() {
    let (machine, receiver, others) = (Machine::new(), Receiver::start(), Receiver::start());
    let mut serves = server(&machine, &["serve", "--server-port", "0"]);
    let engine = Engine::start(serves.env("HASURA_GRAPHQL_HASURA_ENDPOINT", receiver.url()));
    applied(&machine, &others, &engine);
    let mut broken = metadata();
    broken["sources"][0]["tables"][0]["columns"] = "secret_column".into();
    std::fs::write(machine.folder().join("secret-project/metadata.json"), broken.to_string()).unwrap();
    Run::good(&mut command_line(&machine, &others, "metadata apply --project secret-project"));
    let page = |table: &str| engine.get(&format!("/console/data/schema/secret_schema/tables/{table}/modify"));
    assert!(page("articles").contains("<li>id</li>") && page("nothing").starts_with("HTTP/1.1 400"));
    assert!(page("secret_authors").contains("This table cannot be shown"));
    let console = |request: &&Request| request.body["topic"] == "console_test";
    // Samples come all the time.
    let (mut count, mut requests) = (0, Vec::new());
    while requests.iter().filter(console).count() == 0 {
        count += 1;
        receiver.wait_for_requests(count);
        requests = receiver.requests();
    }
    let told: Vec<&Value> = requests.iter().filter(console).map(|request| &request.body["data"]).collect();
    let [told] = told.as_slice() else { panic!("{told:#?}") };
    let stack = told["data"]["stack"].clone();
    assert!(stack[0].as_str().unwrap().starts_with(" at examples/hasura/console.rs:"), "{stack}");
    let expected = json!({
        "event_type": "Main/RUN_TIME_ERROR",
        "server_version": env!("CARGO_PKG_VERSION"),
        "url": "/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify",
        "console_mode": "server",
        "server_uuid": engine.uuid(),
        "data": {"message": "a table's columns are no list", "stack": stack},
    });
    assert_eq!(**told, expected);
    assert!(!requests.iter().any(holds_a_secret));
}

/// HA-21: variable and flag turn the server's telemetry off, and that of the console that it serves.
#[test]
fn a_server_can_be_silent_and_so_is_its_console() {
    let serve = |variable: Option<&str>, flag: &[&str]| {
        let (machine, receiver) = (Machine::new(), Receiver::scripted([Reply::Status(200)]));
        let mut command = server(&machine, &[&["serve", "--server-port", "0"], flag].concat());
        command.env("HASURA_GRAPHQL_HASURA_ENDPOINT", receiver.url());
        let engine = Engine::start(command.envs(variable.map(|value| ("HASURA_GRAPHQL_ENABLE_TELEMETRY", value))));
        let is_told = engine.get("/console").contains(r#""enableTelemetry":true"#);
        if is_told {
            receiver.wait_for_requests(1);
        }
        drop(engine);
        let is_kept = machine.folder().join("hasura-metadata/telemetry").exists();
        (is_told, is_kept, receiver.requests().is_empty())
    };
    for (variable, flag) in
        [(Some("false"), &[][..]), (None, &["--enable-telemetry=false"]), (Some("true"), &["--enable-telemetry=false"])]
    {
        assert_eq!(serve(variable, flag), (false, false, true), "{variable:?} {flag:?}");
    }
    for (variable, flag) in [(None, &[][..]), (Some("false"), &["--enable-telemetry=true"])] {
        assert_eq!(serve(variable, flag), (true, true, false), "{variable:?} {flag:?}");
    }
}
