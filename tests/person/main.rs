//! A program that somebody uses: it signs in and out, forks, and starts itself again, as the words say that it is called with.
//!
//! `person ENDPOINT STATE_DIR WORD…`: `work` runs a tracked function, `anonymous` one that says nothing of who is signed in and `named` one that is
//! recorded only while somebody is, `login=USER`, `login=USER@TEAM` and `logout` sign in and out, `signin=USER` does so in a tracked function for which that is all, `sync` records a tenant and lists, `across=USER` signs
//! in within a tracked function, `hash=TEXT` records a hash, `child=WORD,…` runs this program again from within a tracked function, `fork` does what
//! follows in a child as well, `long` records until its segment was left, `env` prints what children get, `wait` waits for the end of standard input, `crash` aborts within a tracked function, and `flush`, `status` and `abort` are what they say.
//! Whatever else is to be so, `PERSON_…` variables say.
#![allow(clippy::print_stdout, reason = "a program that says what it did")]

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use telemetry_runtime::{
    Builder, Development, Environment, Guard, Hashed, Identifier, Identity, IdentitySource, Telemetry, Version, app,
    label, record, sink, tracked,
};
use telemetry_tests::forked;

#[tracked(identifiable = when_known)]
fn work() {}

#[tracked]
fn anonymous() {}

#[tracked(event = "Named", identifiable)]
fn named() {}

#[tracked(identifiable = when_known)]
fn crash() {
    std::process::abort();
}

#[tracked(identifiable = when_known)]
fn across(telemetry: &Guard, user: &str) {
    telemetry.identify(identity(user));
}

#[tracked(identifiable = when_known)]
fn hash(text: &str) {
    record!(hashed = Hashed::of(text), length = text.len());
}

#[tracked(event = "Login", emit = success, identifiable = when_known)]
fn login(telemetry: &Guard, user: &str) -> Result<(), ()> {
    if user.is_empty() {
        return Err(());
    }
    telemetry.identify(identity(user));
    Ok(())
}

#[tracked(identifiable = when_known)]
fn sync() {
    record!(
        project: Identifier = Identifier::tenant("p-17"),
        sources = [label!("postgres"), label!("mysql")],
        destinations = Vec::from([label!("s3")]),
    );
}

/// Runs this program with the words, at the same places.
#[tracked(identifiable = when_known)]
fn child(telemetry: &Guard, endpoint: &str, state_dir: &str, words: &str) {
    let (name, value) = telemetry.child_env();
    let Ok(program) = std::env::current_exe() else { return };
    let mut command = Command::new(program);
    command.args([endpoint, state_dir]).args(words.split(',')).env(name, value);
    if let Some(level) = std::env::var_os("CHILD_LEVEL") {
        command.env("PERSON_TELEMETRY_LEVEL", level);
    }
    drop(command.status());
}

/// `user`, or `user@team`.
fn identity(text: &str) -> Identity {
    let (user, team) = text.split_once('@').unwrap_or((text, ""));
    Identity::user(user).team(team).source(IdentitySource::ApiKey).group("project", "p1")
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn described(endpoint: String, state_dir: &str) -> Builder<'static> {
    let mut builder = Telemetry::builder(app!("person"))
        .env_prefix("PERSON")
        // The tests are a debug build, and their receivers are on loopback.
        .development(Development::Send)
        .state_dir(state_dir)
        .batch_window(Duration::from_millis(
            variable("PERSON_WINDOW").and_then(|ms| ms.parse().ok()).unwrap_or(3_600_000),
        ))
        .sink(sink::Json::new(endpoint))
        .identity(variable("PERSON_SIGNED_IN").map(|user| identity(&user)))
        .exclude_if(|identity| identity.team_id() == Some("internal"))
        .invocation_id(variable("PERSON_INVOCATION"));
    if let Some(path) = variable("PERSON_ID_FILE") {
        builder = builder.install_id_file(path);
    }
    if variable("PERSON_LASTING").is_some() {
        builder = builder.lasting_install_id();
    }
    if variable("PERSON_NO_ID").is_some() {
        builder = builder.no_install_id();
    }
    if let Some(name) = variable("PERSON_ENVIRONMENT_FROM") {
        builder = builder.environment_from_var(name);
    }
    if variable("PERSON_SERVER").is_some() {
        builder = builder.environment(Environment::Server);
    }
    if let Some(path) = variable("PERSON_INSTALLER") {
        builder = builder.installer_file(path, [label!("TiUP"), label!("brew")]);
    }
    if let Some(names) = variable("PERSON_WITHOUT") {
        builder = names.split(',').fold(builder, Builder::without_fact);
    }
    if variable("PERSON_NOT_IN_CI").is_some() {
        builder = builder.hold_in_ci();
    }
    if variable("PERSON_STATED").is_some() {
        builder = builder
            .build_info(label!("abc1234"), label!("2026-11-21"))
            .plugin("cloudquery/aws", Version::new(27, 1, 0))
            .plugin("postgresql", Version::new(8, 0, 0));
    }
    builder
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(endpoint), Some(state_dir)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    let telemetry = described(endpoint.clone(), &state_dir).start();
    for word in arguments {
        match word.split_once('=').unwrap_or((&word, "")) {
            ("work", _) => work(),
            ("anonymous", _) => anonymous(),
            ("named", _) => named(),
            ("login", user) => telemetry.identify(identity(user)),
            ("signin", user) => drop(login(&telemetry, user)),
            ("sync", _) => sync(),
            ("across", user) => across(&telemetry, user),
            ("logout", _) => telemetry.sign_out(),
            ("hash", text) => hash(text),
            ("child", words) => child(&telemetry, &endpoint, &state_dir, words),
            ("grandchild", words) => child(&telemetry, &endpoint, &state_dir, &format!("work,child={words},flush")),
            ("fork", _) => _ = forked(),
            ("long", _) => {
                while !Path::new(&state_dir).join("spool-1/segment-01").exists() {
                    work();
                }
                work();
            }
            ("env", _) => println!("{}", telemetry.child_env().1),
            ("flush", _) => match telemetry.flush(Duration::from_secs(60)) {
                Ok(()) => {}
                Err(error) => println!("{error}"),
            },
            ("wait", _) => {
                println!("wait");
                drop(std::io::stdin().read_line(&mut String::new()));
            }
            ("status", _) => println!("{}", telemetry.status()),
            ("crash", _) => crash(),
            ("abort", _) => std::process::abort(),
            _ => return ExitCode::from(2),
        }
    }
    ExitCode::SUCCESS
}
