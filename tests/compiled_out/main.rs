//! Built with `default-features = false`, a program is the same, and telemetry is not in it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A package of its own: in this workspace, cargo would turn the features on for everybody.
struct Package {
    folder: PathBuf,
}

impl Package {
    fn new(name: &str, source: &str) -> Self {
        Self::with_features(name, "", "", source)
    }

    /// The program of the delivery tests, unchanged, with the features that it names.
    fn of_commands(name: &str) -> Self {
        Self::with_features(name, "\"gzip\", \"platform-roots\"", "", include_str!("../commands/main.rs"))
    }

    fn with_features(name: &str, features: &str, others: &str, source: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let folder = root.join("target/compiled-out").join(name);
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let runtime = root.join("telemetry-runtime");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             telemetry-runtime = {{ path = \"{}\", default-features = false, features = [{features}] }}\n{others}\n",
            runtime.display()
        );
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        std::fs::write(folder.join("src/main.rs"), source).unwrap();
        // The versions that the workspace has, so that nothing is looked up.
        std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self { folder }
    }

    fn cargo(&self, words: &str) -> Output {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(words.split_whitespace()).current_dir(&self.folder);
        cargo.env_remove("RUSTFLAGS").env("CARGO_TARGET_DIR", self.folder.join("../target"));
        cargo.output().unwrap()
    }

    fn build(&self) -> PathBuf {
        let built = self.cargo("build --quiet");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        assert_eq!(String::from_utf8_lossy(&built.stderr), "", "no warning of the compiler");
        self.folder.join("../target/debug").join(self.folder.file_name().unwrap())
    }
}

#[test]
fn a_program_builds_and_runs_as_before_and_touches_nothing() {
    let package = Package::of_commands("inert-commands");
    let program = package.build();
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let mut command = Command::new(&program);
    command.arg("http://127.0.0.1:9/").arg(&state).args(["work", "nested", "fail", "flush", "status"]).env_clear();
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("work\nnested\nfail\nflush\ntelemetry level: none\n"), "{said}");
    assert!(said.contains("feature `record`    not in this build, so nothing is recorded"), "{said}");
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(!state.exists());
}

/// The flags are there and do nothing, clap's answers are clap's, and `telemetry status` says why.
#[test]
fn a_clap_program_has_the_same_command_line() {
    let source = "\
use telemetry_runtime::{Flags, Telemetry, TelemetryCommand, app};

fn main() {
    let command = clap::Command::new(\"demo\")
        .subcommand(clap::Command::new(\"sync\"))
        .subcommand(TelemetryCommand::command());
    let telemetry = Telemetry::builder(app!()).flags(Flags::default().debug(\"debug\"));
    let (matches, telemetry) = telemetry.parse_command(command);
    println!(\"{:?} {}\", matches.subcommand_name(), telemetry.status().level());
}
";
    let clap = "clap = { version = \"4\", default-features = false, features = [\"std\", \"help\", \"usage\", \"error-context\"] }";
    let program = Package::with_features("inert-clap", "\"clap\"", clap, source).build();
    let home = tempfile::tempdir().unwrap();
    let said = |words: &str| {
        let mut command = Command::new(&program);
        let output = command.args(words.split(' ')).env_clear().env("HOME", home.path()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    for flags in ["--telemetry-level all", "--no-telemetry", "--debug-telemetry", "--inspect-telemetry", "--debug"] {
        assert_eq!(said(&format!("sync {flags}")), (Some(0), "Some(\"sync\") none\n".into(), String::new()), "{flags}");
    }
    let (code, _, refused) = said("sync --telemetry-level loud");
    assert!(code == Some(2) && refused.contains("[possible values: none, errors, stats, all]"), "{refused}");
    let (code, status, _) = said("telemetry status");
    assert!(code == Some(0) && status.contains("feature `record`"), "{status}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

/// The types of a report's arguments are checked, nothing is evaluated, and a mistake is one all the same.
#[test]
fn an_error_report_is_checked_and_does_nothing() {
    let source = "\
use telemetry_runtime::{ClosedEnum, report_error, template};

#[derive(ClosedEnum)]
#[allow(dead_code)]
enum Mode { Cli }

fn never<T>() -> T {
    unreachable!(\"nothing is recorded\")
}

fn main() {
    report_error!(event = \"Failed\", purpose = \"a\", owner = \"b\", expires = \"2027-06\", error_text = never::<String>(), stack,
        url = template!(\"/TABLE_NAME\"), mode: Mode = never(), rows = never::<u64>());
    println!(\"done\");
}
";
    let package = Package::new("inert-report", source);
    let output = Command::new(package.build()).output().unwrap();
    assert!(output.status.success() && output.stdout == b"done\n", "{output:?}");
    let leaking = source.replace("never::<u64>()", "String::from(\"typed\")");
    let refused = Package::new("inert-leak", &leaking).cargo("build --quiet");
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("`String` cannot be a telemetry field"), "{said}");
}

/// Not even required usage: what is not in the build cannot be, and the status says so.
#[test]
fn required_usage_is_not_in_it() {
    let source = "\
use telemetry_runtime::{ClosedEnum, Identifier, Telemetry, app, label, sink};

#[derive(ClosedEnum)]
enum Kind {
    Source,
}

fn main() {
    let usage = sink::Usage::new(\"http://127.0.0.1:9/\").plugin_sdk().batch(1);
    let telemetry = Telemetry::builder(app!()).required_usage(usage).start();
    let meter = telemetry.usage_meter(&Identifier::plugin(\"acme/plugin\"), &Kind::Source);
    meter.add(5);
    meter.add_to(label!(\"table\"), 5);
    println!(\"{} {:?}\", telemetry.status(), telemetry.flush(std::time::Duration::from_secs(60)));
}
";
    let program = Package::new("inert-usage", source).build();
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(&program).env_clear().env("HOME", home.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("required usage: to usage, but not now: feature `record`: not in this build Ok(())"),
        "{said}"
    );
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn no_third_party_crate_is_in_the_program() {
    let package = Package::new("inert-tree", "fn main() {}");
    let tree = package.cargo("tree --offline --edges normal,no-proc-macro --prefix none --format {p}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(crates, ["inert-tree", "telemetry-runtime"]);
}

#[test]
fn nothing_of_http_or_tls_is_in_the_binary() {
    let package = Package::of_commands("inert-symbols");
    let binary = std::fs::read(package.build()).unwrap();
    let holds = |word: &[u8]| binary.windows(word.len()).any(|window| window == word);
    for word in ["rustls", "ureq", "webpki", "telemetry_runtime::worker", "telemetry_runtime::spool"] {
        assert!(!holds(word.as_bytes()), "{word}");
    }
    assert!(holds(b"telemetry_runtime"), "the search finds what is there");
}

/// What `fields` and `error` name is still checked, so that a build without telemetry cannot hide a mistake from one with it.
#[test]
fn what_the_attribute_names_is_checked_all_the_same() {
    for (name, source, error) in [
        (
            "inert-field",
            "#[telemetry_runtime::tracked(fields(name = name))]\nfn greet(name: &str) {}\nfn main() { greet(\"\") }",
            "cannot be a telemetry field",
        ),
        (
            "inert-error",
            "#[telemetry_runtime::tracked(error = |n: &String| n.is_empty())]\nfn one() -> u8 { 1 }\nfn main() { one(); }",
            "mismatched types",
        ),
        (
            "inert-record",
            "#[telemetry_runtime::tracked]\nfn greet(name: &str) { telemetry_runtime::record!(name = name); }\nfn main() { greet(\"\") }",
            "cannot be a telemetry field",
        ),
    ] {
        let checked = Package::new(name, source).cargo("check --quiet");
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(!checked.status.success() && said.contains(error), "{name}: {said}");
    }
}

/// … and never evaluated.
#[test]
fn what_the_attribute_names_is_not_evaluated() {
    let source = "\
use telemetry_runtime::tracked;

#[tracked(fields(never = never()), error = |_| never() == 0)]
fn one() -> u8 {
    1
}

fn never() -> u8 {
    unreachable!()
}

fn main() {
    std::process::exit(one().into());
}
";
    let program = Package::new("inert-evaluation", source).build();
    assert_eq!(Command::new(program).status().unwrap().code(), Some(1));
}

/// Its providers are asked by nobody, and what it counts goes nowhere.
#[test]
fn a_program_gives_no_numbers() {
    let uuid = "uuid = \"1\"";
    let program =
        Package::with_features("inert-sampled", "\"uuid\"", uuid, include_str!("../samples/program.rs")).build();
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let mut command = Command::new(&program);
    command.arg("http://127.0.0.1:9/").arg(&state).args(["provide", "server", "count", "many", "flush", "counts"]);
    let output = command.env_clear().output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty() && said.contains("provided 0,"), "{said}");
    assert!(!state.exists());
}

/// Every argument and every macro is there, and a catalogue that says that nothing is sent.
#[test]
fn a_program_with_one_of_everything_can_send_nothing() {
    let program = Package::new("inert-listed", include_str!("../listed/main.rs")).build();
    let page = Command::new(&program).arg("page").output().unwrap();
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("## Events\n\nNone.\n"), "{page}");
    assert!(!page.contains("Sync"), "{page}");
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let run = Command::new(&program).args(["run", "http://127.0.0.1:9/"]).arg(&state).output().unwrap();
    assert!(run.status.success() && run.stdout.is_empty(), "{run:?}");
    assert!(!state.exists());
}
