//! Version 0 of CloudQuery: a trace of each operation, a cookie in the working folder, and flags to see it, to have none, and to say more.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use telemetry_tests::Receiver;

use crate::machine::{Machine, Run};

const CLOUDQUERY: &str = env!("CARGO_BIN_EXE_cloudquery_v0");
const COOKIE: &str = ".cq/telemetry-cookie";

/// A user with something to fetch in `data`, and a receiver that stands in for CloudQuery's.
struct User {
    machine: Machine,
    receiver: Receiver,
}

/// What was sent of one call.
struct Span {
    span: Value,
    /// What is said of the whole run.
    resource: Value,
}

impl User {
    fn new() -> Self {
        let user = Self { machine: Machine::new(), receiver: Receiver::start() };
        fs::create_dir(user.path("data")).unwrap();
        user.write("data/a.txt", "one two\nthree\n");
        user.write("data/b.csv", "id,price\n1,20\n");
        user.write("policy.json", r#"[{"table": "files", "column": "bytes", "at_most": 1000}]"#);
        let quiet = user.cloudquery("provider install files").env("CQ_NO_TELEMETRY", "1").output().unwrap();
        assert!(quiet.status.success());
        user
    }

    fn path(&self, name: &str) -> PathBuf {
        self.machine.folder().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn cloudquery(&self, line: &str) -> Command {
        let words: Vec<_> = line.split_whitespace().collect();
        let mut command = self.machine.program(CLOUDQUERY, &words);
        let base = self.receiver.url().replace("/v1/events", "");
        command.env("CQ_OTLP_ENDPOINT", base);
        command
    }

    /// What an operation that went well printed.
    fn says(&self, line: &str) -> String {
        Run::good(&mut self.cloudquery(line)).stdout
    }

    /// An operation that fails.
    fn fails(&self, line: &str) {
        assert_eq!(Run::of(&mut self.cloudquery(line)).code, Some(1), "{line}");
    }

    /// Every span that was sent, as it came in.
    fn spans(&self) -> Vec<Span> {
        let list = |of: &Value, name: &str| of[name].as_array().unwrap().clone();
        let mut spans = Vec::new();
        for request in self.receiver.requests() {
            assert_eq!(request.path, "/v1/traces");
            for resource in list(&request.body, "resourceSpans") {
                let of_scopes = list(&resource, "scopeSpans").into_iter().flat_map(|scope| list(&scope, "spans"));
                spans.extend(of_scopes.map(|span| Span { span, resource: resource["resource"].clone() }));
            }
        }
        spans
    }

    /// Everything that was sent, as text.
    fn sent(&self) -> String {
        self.receiver.requests().iter().map(|request| String::from_utf8_lossy(&request.bytes).into_owned()).collect()
    }

    fn cookie(&self) -> Option<String> {
        fs::read_to_string(self.path(COOKIE)).ok().map(|cookie| cookie.trim().to_owned())
    }
}

impl Span {
    fn name(&self) -> &str {
        self.span["name"].as_str().unwrap()
    }

    fn is_error(&self) -> bool {
        self.span["status"]["code"] == 2
    }

    fn nanos(&self, name: &str) -> u64 {
        self.span[name].as_str().unwrap().parse().unwrap()
    }

    /// An attribute of the span, or of its run.
    fn attribute(&self, name: &str) -> Option<Value> {
        let of = |of: &Value| {
            let attribute = of["attributes"].as_array()?.iter().find(|attribute| attribute["key"] == name)?;
            attribute["value"].as_object()?.values().next().cloned()
        };
        of(&self.span).or_else(|| of(&self.resource))
    }

    /// Whose it is.
    fn cookie(&self) -> Option<String> {
        self.attribute("app.installation.id").map(|id| id.as_str().unwrap().to_owned())
    }
}

/// CL-01, CL-02: which operation, how long it took and whether it succeeded.
#[test]
fn each_operation_is_a_span() {
    let user = User::new();
    assert_eq!(user.says("fetch data"), "files: 2 rows\n");
    assert_eq!(user.says("policy run policy.json"), "");
    user.write("data/c.txt", &"long ".repeat(1000));
    assert_eq!(user.says("drift scan data"), "files: c.txt added\n");
    user.says("fetch data");
    user.fails("policy run policy.json");
    assert_eq!(user.says("provider list"), "files\t0.10.2\n");
    let spans = user.spans();
    let operations = spans.iter().filter(|span| span.span.get("parentSpanId").is_none());
    let said: Vec<_> = operations
        .map(|span| (span.name(), span.attribute("telemetry.fact.command").unwrap(), span.is_error()))
        .collect();
    let expected = [
        ("Fetch", "cloudquery fetch", false),
        ("Policy Run", "cloudquery policy run", false),
        ("Drift Scan", "cloudquery drift scan", false),
        ("Fetch", "cloudquery fetch", false),
        ("Policy Run", "cloudquery policy run", true),
        ("Provider List", "cloudquery provider list", false),
    ];
    assert_eq!(said, expected.map(|(name, command, is_error)| (name, command.into(), is_error)));
    for span in &spans {
        let took = span.nanos("endTimeUnixNano") - span.nanos("startTimeUnixNano");
        assert_eq!(span.attribute("telemetry.duration_ns"), Some(took.to_string().into()), "{}", span.span);
    }
}

/// CL-03: only where there is one.
#[test]
fn continuous_integration_is_told() {
    let user = User::new();
    user.says("provider list");
    Run::good(user.cloudquery("provider list").env("GITHUB_ACTIONS", "true"));
    Run::good(user.cloudquery("provider list").env("CI", "true"));
    let told: Vec<_> = user.spans().iter().map(|span| span.attribute("telemetry.fact.ci")).collect();
    assert_eq!(told, [None, Some("GITHUB_ACTIONS".into()), Some("OTHER".into())]);
}

/// CL-04, CL-05: what is installed with its versions; and the program's own version, and when it was built.
#[test]
fn providers_and_the_build_are_told() {
    let user = User::new();
    user.says("provider install sheets");
    // What somebody else put there is none, and neither its name nor what it holds is told.
    user.write(".cq/providers/secret", "1.0.0");
    user.write(".cq/providers/texts", "secret");
    user.says("provider list");
    let spans = user.spans();
    let [_, span] = spans.as_slice() else { panic!("{}", user.sent()) };
    let plugins = span.attribute("telemetry.fact.plugins").unwrap();
    assert_eq!(plugins, json!({"values": [{"stringValue": "files@0.10.2"}, {"stringValue": "sheets@0.5.1"}]}));
    assert_eq!(span.attribute("service.version").unwrap(), env!("CARGO_PKG_VERSION"));
    let built = option_env!("CQ_BUILD_DATE").unwrap_or("unknown");
    assert_eq!(span.attribute("telemetry.fact.build_date").unwrap(), built);
    assert!(!user.sent().contains("secret"), "{}", user.sent());
}

/// CL-06: which part of an operation took how long: spans within its own, by who fetched.
#[test]
fn the_parts_of_an_operation_are_spans_within_it() {
    let user = User::new();
    user.says("provider install sheets");
    user.says("fetch data");
    let spans = user.spans();
    let [_, parts @ .., fetch] = spans.as_slice() else { panic!("{}", user.sent()) };
    assert_eq!(fetch.name(), "Fetch");
    let said: Vec<_> = parts.iter().map(|part| (part.name(), part.attribute("provider"))).collect();
    let [files, sheets] = ["files", "sheets"].map(|provider| ("Fetch Table", Some(provider.into())));
    let stored = ("Store Table", None);
    assert_eq!(said, [files, stored.clone(), sheets, stored]);
    for part in parts {
        assert_eq!(
            (&part.span["parentSpanId"], &part.span["traceId"]),
            (&fetch.span["spanId"], &fetch.span["traceId"])
        );
        assert!(part.nanos("startTimeUnixNano") >= fetch.nanos("startTimeUnixNano"), "{}", part.span);
        assert!(part.nanos("endTimeUnixNano") <= fetch.nanos("endTimeUnixNano"), "{}", part.span);
    }
}

/// CL-07, CL-10, CL-11: a random UUID in the file that the document names, for as long as the user leaves it there.
#[test]
fn a_cookie_lives_as_long_as_its_file() {
    let user = User::new();
    // Also where nothing else outlives a run.
    Run::good(user.cloudquery("provider list").env("GITHUB_ACTIONS", "true"));
    let first = user.cookie().unwrap();
    assert_eq!(uuid::Uuid::parse_str(&first).unwrap().get_version_num(), 4);
    user.says("provider list");
    fs::remove_file(user.path(COOKIE)).unwrap();
    user.says("provider list");
    let second = user.cookie().unwrap();
    assert_ne!(first, second);
    let told: Vec<_> = user.spans().iter().map(Span::cookie).collect();
    assert_eq!(told, [Some(first.clone()), Some(first), Some(second)]);
}

/// CL-12: a folder of the cookie's name means that there is none, ever, and all else is as it was.
#[test]
fn a_folder_of_its_name_means_no_cookie() {
    let user = User::new();
    fs::create_dir(user.path(COOKIE)).unwrap();
    assert_eq!(user.says("fetch data"), "files: 2 rows\n");
    assert_eq!(user.says("fetch data"), "files: 2 rows\n");
    let spans = user.spans();
    assert_eq!((spans.len(), spans.iter().filter_map(Span::cookie).count()), (6, 0));
    assert_eq!(fs::read_dir(user.path(COOKIE)).unwrap().count(), 0);
}

/// CL-08, CL-09: what the receiver finds out by itself is on the page of what is collected.
#[test]
fn what_the_receiver_derives_is_declared() {
    let page = User::new().says("telemetry catalogue");
    for line in [
        "| `ip_hash` | the SHA-1 hash of the address that the request came from |",
        "| `location` | where on earth that address is |",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

/// CL-14, CL-15, CL-16, CL-17: no argument, no error's words, no credential, nothing that was printed; neither sent nor kept.
#[test]
fn nothing_of_what_is_not_stored_is_told() {
    let user = User::new();
    user.write("data/secret.txt", "secret secret");
    user.write("secret.json", r#"[{"table": "secret", "column": "secret", "at_most": 1}]"#);
    let secrets = [("AWS_SECRET_ACCESS_KEY", "secret"), ("http_proxy_password", "secret"), ("USER", "secret")];
    for (line, code) in
        [("fetch data", 0), ("policy run secret.json", 1), ("fetch secret", 1), ("drift scan data --secret", 2)]
    {
        assert_eq!(Run::of(user.cloudquery(line).envs(secrets)).code, Some(code), "{line}");
    }
    assert!(user.spans().iter().any(Span::is_error), "{}", user.sent());
    assert!(!user.sent().contains("secret"), "{}", user.sent());
    let mut folders = vec![user.machine.home().join(".local")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let kept = fs::read(&path).unwrap();
                assert!(!kept.windows(6).any(|window| window == b"secret"), "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files > 0, "something is kept, so that it can be looked at");
}

/// CL-18, CL-19: the document's own lines, as they stand there: to look at it, and then to decide.
#[cfg(unix)]
#[test]
fn the_documented_recipe_works() {
    if !telemetry_tests::has_tool("less") {
        return;
    }
    let user = User::new();
    let bin = user.machine.home().join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(CLOUDQUERY, bin.join("cloudquery")).unwrap();
    let path =
        std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())));
    let shell = |script: &str| {
        let mut shell = user.cloudquery("");
        let variables: Vec<_> =
            shell.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
        shell = Command::new("sh");
        shell.env_clear().envs(variables).env("PATH", path.as_ref().unwrap()).current_dir(user.machine.folder());
        Run::good(shell.args(["-ec", script])).stdout
    };
    let looked = shell(
        "# Invoke CloudQuery
cloudquery --inspect-telemetry fetch data

# Inspect telemetry output
cat cq-telemetry.txt | less",
    );
    let (printed, file) = looked.split_once('\n').unwrap();
    assert_eq!((printed, file), ("files: 2 rows", fs::read_to_string(user.path("cq-telemetry.txt")).unwrap().as_str()));
    let bodies: Vec<Value> = file.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let spans = bodies.iter().flat_map(|body| body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap());
    let names: Vec<_> = spans.map(|span| span["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Fetch Table", "Store Table", "Fetch"]);
    assert_eq!((user.receiver.requests().len(), user.cookie()), (0, None));
    shell(
        "# Set the environment variable
export CQ_NO_TELEMETRY=1

# Invoke CloudQuery. No telemetry information will be sent
cloudquery fetch data",
    );
    assert_eq!((user.receiver.requests().len(), user.cookie()), (0, None));
    shell("cloudquery fetch data");
    let sent: Vec<_> = user.spans().iter().map(|span| span.name().to_owned()).collect();
    assert_eq!(sent, names, "what was looked at is what is sent");
}

/// CL-18: where the file cannot be, the command is run all the same, and nothing is sent.
#[test]
fn inspecting_never_breaks_the_command() {
    let user = User::new();
    fs::create_dir(user.path("cq-telemetry.txt")).unwrap();
    assert_eq!(user.says("--inspect-telemetry fetch data"), "files: 2 rows\n");
    assert_eq!(user.receiver.requests().len(), 0);
}

/// Where it goes unless somebody says otherwise.
#[test]
fn it_goes_where_the_program_says() {
    let user = User::new();
    Run::good(user.cloudquery("provider list --inspect-telemetry").env_remove("CQ_OTLP_ENDPOINT"));
    let file = fs::read_to_string(user.path("cq-telemetry.txt")).unwrap();
    assert!(file.contains("\nPOST https://telemetry.cloudquery.invalid/v1/traces\n"), "{file}");
}

/// CL-20, CL-21: by a flag, wherever it stands, or by the variable; there is no request then, and no cookie.
#[test]
fn who_opts_out_is_left_alone() {
    let user = User::new();
    user.says("--no-telemetry fetch data");
    user.says("fetch data --no-telemetry");
    for value in ["1", "true", "yes"] {
        Run::good(user.cloudquery("fetch data").env("CQ_NO_TELEMETRY", value));
    }
    assert_eq!((user.receiver.requests().len(), user.cookie()), (0, None));
    assert!(!user.machine.home().join(".local").exists(), "there is no trace of it on the disk");
    // Set to what means no, it is not set.
    Run::good(user.cloudquery("provider list").env("CQ_NO_TELEMETRY", "0"));
    assert_eq!(user.spans().len(), 1);
}

/// CL-22, CL-15: the words of an error go out where somebody asks for it, by flag or variable, and nowhere else.
#[test]
fn the_words_of_an_error_are_asked_for() {
    let user = User::new();
    let line = "policy run nowhere.json";
    user.fails(line);
    user.fails(&format!("{line} --debug-telemetry"));
    for value in ["1", "0"] {
        assert_eq!(Run::of(user.cloudquery(line).env("CQ_DEBUG_TELEMETRY", value)).code, Some(1));
    }
    let words: Vec<_> = user.spans().iter().map(|span| span.span["status"].get("message").cloned()).collect();
    let asked = Some("cannot read nowhere.json".into());
    assert_eq!(words, [None, asked.clone(), asked, None]);
}
