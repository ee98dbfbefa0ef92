//! A program with a command line that is built, with something for each kind of error that clap has.
#![allow(clippy::print_stdout, reason = "a program prints")]

use std::time::Duration;

use clap::{Arg, ArgAction, Command, value_parser};
use telemetry_runtime::{Development, Telemetry, TelemetryCommand, app, sink, tracked};

fn command() -> Command {
    let option = |name: &'static str| Arg::new(name).long(name);
    Command::new("built")
        .version("1.2.3")
        .subcommand_required(true)
        .ignore_errors(std::env::var_os("CLI_IGNORE_ERRORS").is_some())
        .subcommand(
            Command::new("work")
                .alias("w")
                .arg(Arg::new("file").required(true))
                .arg(option("format").value_parser(["csv", "json"]))
                .arg(option("equals").require_equals(true))
                .arg(option("count").value_parser(value_parser!(u8)))
                .arg(option("pair").num_args(2))
                .arg(option("some").num_args(2..=3))
                .arg(option("quiet").action(ArgAction::SetTrue).conflicts_with("loud"))
                .arg(option("loud").action(ArgAction::SetTrue)),
        )
        .subcommand(Command::new("group").arg_required_else_help(true).subcommand(Command::new("member")))
        .subcommand(Command::new("strict").subcommand_required(true).subcommand(Command::new("member")))
        .subcommand(TelemetryCommand::command())
}

#[tracked(event = "Work")]
fn work() {}

fn main() {
    if std::env::var_os("CLI_PLAIN").is_some() {
        drop(command().get_matches());
        return;
    }
    let endpoint = std::env::var("CLI_ENDPOINT").unwrap_or_else(|_| "http://127.0.0.1:9/".into());
    let (matches, _telemetry) = Telemetry::builder(app!())
        .env_prefix("DEMO")
        .development(Development::Send)
        .state_dir(std::env::var("CLI_STATE").unwrap_or_default())
        .grace(Duration::from_secs(60))
        .sink(sink::Json::new(endpoint))
        .parse_command(command());
    println!("{:?}", matches.subcommand_name());
    work();
}
