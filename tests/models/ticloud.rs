//! `ticloud`: off until a profile says otherwise, and then one event for each execution.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use telemetry_tests::Receiver;

use crate::machine::{Machine, Run};

const TICLOUD: &str = env!("CARGO_BIN_EXE_ticloud");

/// A user, and a receiver that stands in for the one of `ticloud`.
struct User {
    machine: Machine,
    receiver: Receiver,
}

impl User {
    fn new() -> Self {
        Self { machine: Machine::new(), receiver: Receiver::start() }
    }

    /// One who has a key, and has agreed.
    fn willing() -> Self {
        let user = Self::new();
        user.says("config create work --public-key user-key --private-key secret");
        user.says("config use work");
        user.says("config set telemetry-enabled true");
        user
    }

    fn ticloud(&self, line: &str) -> Command {
        let words: Vec<_> = line.split_whitespace().collect();
        let mut command = self.machine.program(TICLOUD, &words);
        command.env("TICLOUD_TICLOUD_ENDPOINT", self.receiver.url()).env("TZ", "<+08>-8");
        command
    }

    /// What an execution that went well printed.
    fn says(&self, line: &str) -> String {
        Run::good(&mut self.ticloud(line)).stdout
    }

    /// Every execution that was sent, in the order of time: what several runs left behind may come in any.
    fn executions(&self) -> Vec<Value> {
        let bodies = self.receiver.requests().into_iter().map(|request| request.body);
        let mut executions: Vec<_> = bodies.flat_map(|body| body.as_array().unwrap().clone()).collect();
        executions.sort_by_key(|execution| execution["timestamp"].as_str().unwrap().to_owned());
        executions
    }

    /// The commands of these.
    fn commands(&self) -> Vec<String> {
        let command = |execution: &Value| execution["properties"]["command"].as_str().unwrap().to_owned();
        self.executions().iter().map(command).collect()
    }
}

/// An execution's properties without how long it took, which is in whole milliseconds.
fn properties(execution: &Value) -> Value {
    let mut properties = execution["properties"].clone();
    assert!(properties.as_object_mut().unwrap().remove("duration").unwrap().is_u64(), "{execution}");
    properties
}

fn goarch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn goos() -> &'static str {
    if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS }
}

/// TI-02: who has said nothing is not asked, and there is no trace of telemetry on their disk.
#[test]
fn nothing_is_collected_before_a_profile_says_so() {
    let user = User::new();
    user.says("project create shop --debug");
    user.says("config set telemetry-enabled false --debug");
    assert_eq!(Run::of(&mut user.ticloud("project ls --bogus")).code, Some(2));
    assert_eq!(user.receiver.requests().len(), 0);
    let names: Vec<_> =
        std::fs::read_dir(user.machine.home()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name == ".local"), "{names:?}");
}

/// TI-24, TI-25: to agree is for the profile that is current, or that the flag names, and for no other.
#[test]
fn each_profile_agrees_for_itself() {
    let user = User::new();
    user.says("config create other");
    user.says("config set telemetry-enabled true");
    user.says("project ls --debug");
    assert_eq!(user.commands(), ["ticloud-project-list"]);
    // Another one has not agreed, be it named or made the current one.
    user.says("project create a --debug --profile other");
    user.says("config use other");
    user.says("project create b --debug");
    Run::of(&mut user.ticloud("project ls --bogus --debug"));
    user.says("-P default project ls --debug");
    let sent = ["ticloud-project-list", "ticloud-config-use", "ticloud-project-list"];
    assert_eq!(user.commands(), sent);
    assert_eq!(user.says("config describe other"), "\n");
    user.says("-P other config set telemetry-enabled true");
    assert_eq!(user.says("config describe other"), "telemetry-enabled: \"true\"\n");
    user.says("cluster ls --project-id 43511 --debug");
    assert_eq!(user.commands().last().unwrap(), "ticloud-cluster-list");
    assert!(user.says("config describe default").contains("telemetry-enabled"));
}

/// TI-25: a line that clap refuses is not sent for a profile that may not have been meant.
#[test]
fn a_refused_line_is_the_current_profiles_or_nobodys() {
    let user = User::willing();
    user.says("config create other");
    for refused in ["project ls --bogus -P other", "project ls --bogus --profile=other", "-Pother project ls --bogus"] {
        assert_eq!(Run::of(&mut user.ticloud(refused)).code, Some(2), "{refused}");
    }
    assert_eq!(Run::of(&mut user.ticloud("project ls --bogus")).code, Some(2));
    user.says("config ls --debug");
    let refused: Vec<_> =
        user.executions().into_iter().filter(|sent| sent["properties"]["result"] == "ERROR").collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
}

/// Who takes it back takes back what was not sent.
#[test]
fn what_waits_is_deleted_with_the_consent() {
    let user = User::willing();
    for line in ["project create shop", "config set telemetry-enabled false"] {
        // Nobody answers there, so it waits.
        Run::good(user.ticloud(line).env("TICLOUD_TICLOUD_ENDPOINT", "http://127.0.0.1:1/"));
    }
    user.says("config set telemetry-enabled true");
    let arrives = |_| {
        user.says("project ls --debug");
        !user.executions().is_empty()
    };
    assert!((0..20).any(arrives));
    assert!(user.commands().iter().all(|command| command == "ticloud-project-list"), "{:?}", user.commands());
}

/// TI-04, TI-05, TI-06, TI-07, TI-08, TI-09, TI-10, TI-11, TI-13, TI-14, TI-15, TI-16, TI-17, TI-19, TI-21: the properties of the document's
/// own example, and no others. What is not known is not there.
#[test]
fn an_execution_is_as_the_document_has_it() {
    let user = User::willing();
    let mut under_tiup = user.ticloud("project ls --debug -o json");
    Run::good(under_tiup.env("TIUP_COMPONENT_DATA_DIR", "/secret"));
    let executions = user.executions();
    let [execution] = executions.as_slice() else { panic!("{executions:?}") };
    let members: Vec<_> = execution.as_object().unwrap().keys().collect();
    assert_eq!(members, ["properties", "source", "timestamp"]);
    assert_eq!(execution["source"], "ticloud");
    let timestamp = execution["timestamp"].as_str().unwrap();
    assert!(timestamp.starts_with("20") && timestamp.ends_with("+08:00"), "{timestamp}");
    let expected = json!({
        "alias": "ls", "arch": goarch(), "auth_method": "api_key", "command": "ticloud-project-list",
        "flags": ["debug", "output"], "git_commit": option_env!("TICLOUD_GIT_COMMIT").unwrap_or("unknown"),
        "installer": "TiUP", "interactive": false, "os": goos(), "result": "SUCCESS",
        "version": concat!("v", env!("CARGO_PKG_VERSION")),
    });
    assert_eq!(properties(execution), expected);
    let sent = String::from_utf8(user.receiver.requests()[0].bytes.clone()).unwrap();
    assert!(!sent.contains("secret") && !sent.contains("user-key"), "{sent}");
}

/// TI-12, TI-18, TI-19: the project by its id, and what the error says, without the paths that are behind it.
#[test]
fn an_error_is_told_by_its_words_and_the_project_by_its_id() {
    let user = User::willing();
    let failed = Run::of(&mut user.ticloud("cluster get dev --project-id 7"));
    assert_eq!((failed.code, failed.stdout.as_str()), (Some(1), ""));
    let words = "you do not have permission to access this project, project_id: 7";
    assert_eq!(failed.stderr, format!("Error: {words}\n"));
    assert_eq!(user.says("project create shop"), "id: 43511\tname: \"shop\"\n");
    user.says("cluster create dev --project-id 43511 --debug");
    let executions = user.executions();
    let [failed, created, in_project] = executions.as_slice() else { panic!("{executions:?}") };
    let error = &failed["properties"];
    assert_eq!((&error["error"], &error["result"]), (&words.into(), &"ERROR".into()));
    assert_eq!((&error["project_id"], &error["flags"]), (&"7".into(), &json!(["project-id"])));
    assert_eq!(created["properties"]["project_id"], "43511");
    assert_eq!(in_project["properties"]["project_id"], "43511");
    assert_eq!((&in_project["properties"]["result"], in_project["properties"].get("error")), (&"SUCCESS".into(), None));
}

/// The work is done as well: a table is imported, and one that cannot be read is not.
#[test]
fn tables_are_imported() {
    let user = User::willing();
    let file = |name: &str, text: &str| std::fs::write(user.machine.folder().join(name), text).unwrap();
    file("orders.csv", "id,price\n1,20\n2,30\n");
    file("broken.csv", "id,price\n1,20,30\n");
    user.says("project create shop");
    user.says("cluster create dev --project-id 43511");
    user.says("import orders.csv --project-id 43511 --cluster dev");
    let failed = Run::of(&mut user.ticloud("import broken.csv --project-id 43511 --cluster dev"));
    assert_eq!(failed.code, Some(1));
    let tables: Value = serde_json::from_str(&user.says("cluster describe dev --project-id 43511 -o json")).unwrap();
    assert_eq!(tables, json!([{"name": "orders", "columns": ["id", "price"], "rows": 2}]));
    user.says("config ls --debug");
    let sent = user.receiver.requests().into_iter().flat_map(|request| request.bytes).collect::<Vec<_>>();
    let sent = String::from_utf8(sent).unwrap();
    // What the program itself says of the error, and nothing of what is in the file.
    assert!(sent.contains("\"error\":\"cannot import broken.csv\"") && !sent.contains("price"), "{sent}");
}

/// TI-13: a line that was not understood is an execution, too, and none of its words is sent.
#[test]
fn a_line_that_is_refused_is_an_execution() {
    let user = User::willing();
    assert_eq!(Run::of(&mut user.ticloud("project ls -o secret --bogus")).code, Some(2));
    user.says("config ls --debug");
    let executions = user.executions();
    let properties = &executions[0]["properties"];
    assert_eq!((&properties["command"], &properties["result"]), (&"ticloud-project-list".into(), &"ERROR".into()));
    let text = executions[0].to_string();
    assert!(!text.contains("secret") && !text.contains("bogus"), "{text}");
}

/// TI-16, TI-20: at a terminal.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_told() {
    if !telemetry_tests::has_tool("script") {
        return;
    }
    let user = User::willing();
    let ticloud = user.ticloud("");
    let mut script = Command::new("script");
    script.args(["--quiet", "--command", &format!("{TICLOUD} project ls --debug"), "/dev/null"]).env_clear();
    script.envs(ticloud.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(user.machine.folder());
    Run::good(&mut script);
    let properties = &user.executions()[0]["properties"];
    assert_eq!((&properties["interactive"], &properties["terminal"]), (&true.into(), &"tty".into()));
}

/// TI-22: the log of `--debug` has the body, byte for byte, and where in the source it was logged.
#[test]
fn debug_shows_what_is_sent() {
    let user = User::willing();
    let run = Run::good(&mut user.ticloud("project ls --debug"));
    let lines = run.stderr.lines().filter(|line| line.contains("[\"sending telemetry events\"]"));
    let [line] = lines.collect::<Vec<_>>().try_into().unwrap();
    let (before, body) = line.split_once(" [body=").unwrap();
    let place = before.strip_prefix("[DEBUG] [").unwrap().split_once(']').unwrap().0;
    let (file, number) = place.rsplit_once(':').unwrap();
    assert!(Path::new(file).file_name().unwrap() == "main.rs" && number.parse::<u32>().is_ok(), "{line}");
    let body: String = serde_json::from_str(body.strip_suffix(']').unwrap()).unwrap();
    let requests = user.receiver.requests();
    assert_eq!(requests.iter().map(|request| request.bytes.clone()).collect::<Vec<_>>(), [body.into_bytes()]);
    // Without the flag, not a word.
    let quiet = Run::good(&mut user.ticloud("project ls"));
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

/// TI-23: what runs left behind goes in one array with the next.
#[test]
fn several_runs_go_in_one_array() {
    let user = User::willing();
    // One run may last for longer than it takes to send by itself; that each of them does is out of the question.
    let is_batch = |_| {
        user.says("project ls");
        user.says("cluster ls --project-id 43511 --debug");
        user.receiver.requests().last().is_some_and(|request| request.body.as_array().unwrap().len() > 1)
    };
    user.says("project create shop --debug");
    assert!((0..20).any(is_batch), "{:?}", user.commands());
    let last = user.receiver.requests().pop().unwrap().body;
    let batch: BTreeSet<_> =
        last.as_array().unwrap().iter().map(|sent| sent["properties"]["command"].as_str()).collect();
    assert_eq!(batch, [Some("ticloud-cluster-list"), Some("ticloud-project-list")].into());
    let mut executions = user.executions();
    let sent = executions.len();
    executions.dedup();
    assert_eq!(executions.len(), sent, "nothing is sent twice");
}

/// TI-01, TI-03: what is collected, for what, and which of it says who somebody is. TI-06: what else is collected is listed with it.
#[test]
fn the_page_says_what_is_collected_and_what_identifies() {
    let page = User::new().says("telemetry catalogue");
    for line in [
        "| `Execution` | finish | identifying | stats | which commands are used, and why they fail: to improve the product |",
        "| `Execution` | finish | `error` | error text | content |",
        "| `project_id` | identifier | identifying | `ticloud` |",
        "| `flags` | list of label | anonymous | the names of the flags that were given, without their values |",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

/// Where it goes unless somebody says otherwise, and that looking at it sends nothing.
#[test]
fn it_goes_where_the_program_says() {
    let user = User::willing();
    let mut inspect = user.ticloud("telemetry inspect project ls");
    Run::good(inspect.env_remove("TICLOUD_TICLOUD_ENDPOINT"));
    let file = std::fs::read_to_string(user.machine.folder().join("ticloud-telemetry.txt")).unwrap();
    assert!(file.contains("\nPOST https://telemetry.pingcap.invalid/api/v1/ticloud/report\n"), "{file}");
    assert_eq!(user.receiver.requests().len(), 0);
}
