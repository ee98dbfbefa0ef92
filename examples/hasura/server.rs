//! A small GraphQL engine whose telemetry is configured as that of Hasura's server: once a day it sends how many tables, views,
//! relationships and the like there are, with an id of the database and one of the process; and where a page of its console fails, which page
//! that is, without the names of what it shows. Nothing else.
//!
//! ```text
//! cargo run --example hasura_server -- serve                             # ends with Ctrl-C
//! cargo run --example hasura_server -- serve --enable-telemetry=false    # or HASURA_GRAPHQL_ENABLE_TELEMETRY=false
//! cargo run --example hasura_server -- telemetry catalogue               # everything that it can send
//! ```
//!
//! | Variable | Says |
//! |---|---|
//! | `HASURA_GRAPHQL_METADATA_FOLDER` | where metadata and rows are kept: `hasura-metadata` unless told |
//! | `HASURA_GRAPHQL_ENABLE_TELEMETRY` | whether telemetry may be collected |
//! | `HASURA_GRAPHQL_HASURA_ENDPOINT` | where to send it |
//! | `HASURA_GRAPHQL_TELEMETRY_TO` | receivers of the operator's own, between commas, that get all of it as plain JSON, and the vendor nothing |
//! | `HASURA_GRAPHQL_TELEMETRY_INTERVAL` | seconds between two samples |
//! | `HASURA_GRAPHQL_EE_LICENSE_JTI` | the licence of the enterprise edition, which sends more kinds of samples |

#![allow(clippy::print_stdout, reason = "a command-line program prints")]

mod console;
mod engine;
mod metadata;
mod samples;
mod store;

use std::env;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::{Parser, Subcommand};
use serde_json::{Value, json};
use telemetry_runtime::{
    Builder, Environment, Flags, Form, Guard, Level, Schedule, Telemetry, TelemetryCommand, app, label, sink, tracked,
};
use tiny_http::{Header, Request, Response, Server};
use uuid::Uuid;

use crate::engine::{Engine, Refused};
use crate::samples::{REQUEST_BYTES, RESPONSE_BYTES, ServerMetrics, SourceMetrics};
use crate::store::Store;

const TELEMETRY: &str = "https://telemetry.hasura.io/v1/http";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const THREADS: usize = 4;
const LARGEST_BODY: u64 = 1024 * 1024;
/// How long the end waits for receivers of the operator's own.
const AT_THE_END: Duration = Duration::from_secs(10);

/// A GraphQL engine over tables in a file
#[derive(Parser)]
#[command(name = "graphql-engine", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests until it is ended
    Serve {
        /// The port on loopback; 0 is any that is free
        #[arg(long, value_name = "PORT", default_value_t = 8080)]
        server_port: u16,
        /// Answer requests of its own as well, with so many threads, to see what it bears
        #[arg(long, value_name = "THREADS", default_value_t = 0)]
        load: usize,
    },
    /// Print the metadata
    Export,
    /// Forget the metadata
    Clean,
    /// What telemetry does here, and what it sent
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
}

fn main() -> Result<()> {
    let folder = env::var_os("HASURA_GRAPHQL_METADATA_FOLDER").map_or("hasura-metadata".into(), PathBuf::from);
    let seconds = env::var("HASURA_GRAPHQL_TELEMETRY_INTERVAL").ok().and_then(|seconds| seconds.parse().ok());
    let interval = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or(DAY);
    let (cli, telemetry) = telemetry(&folder, interval).parse::<Cli>();

    let rows = std::fs::read_to_string(folder.join("rows.json")).ok();
    let rows = rows.map_or(Ok(json!({})), |rows| serde_json::from_str(&rows))?;
    let engine = Arc::new(Engine::new(Store::open(&folder)?, rows));
    match cli.command {
        Command::Serve { server_port, load } => {
            let is_over = Arc::new(AtomicBool::new(false));
            give_samples(&telemetry, &engine, &is_over, interval);
            serve(&engine, server_port, load, &is_over, telemetry.status().level() != Level::None)?;
            // What is not sent by then goes with the next run.
            let _ = telemetry.flush(AT_THE_END);
            println!("{}", telemetry.status());
        }
        Command::Export => println!("{:#}", engine.export_metadata()["metadata"]),
        Command::Clean => {
            engine.metadata(&json!({"type": "clear_metadata"}))?;
        }
        // `parse` has run it, and ended the program.
        Command::Telemetry(_) => {}
    }
    Ok(())
}

/// Where telemetry goes, and who decides on it.
fn telemetry(folder: &Path, interval: Duration) -> Builder<'_> {
    let builder = Telemetry::builder(app!("graphql-engine"))
        .env_prefix("HASURA_GRAPHQL")
        .variable("HASURA_GRAPHQL_ENABLE_TELEMETRY", Form::On)
        .flags(Flags::none().also("enable-telemetry", Form::On).inspect_telemetry("inspect-telemetry"))
        .environment(Environment::Server)
        .state_dir(folder.join("telemetry"))
        // The database has an id, and so has the process; there is no third.
        .no_install_id()
        .metrics_interval(interval)
        .aggregate_interval(interval)
        .access("the team that makes the engine, and no third parties; nobody can be told by it")
        .policy("https://hasura.io/legal/hasura-privacy-policy")
        .command_reference("https://hasura.io/docs/latest/policies/telemetry/#telemetry-optout");

    let operators = env::var("HASURA_GRAPHQL_TELEMETRY_TO").unwrap_or_default();
    let operators: Vec<String> = operators.split(',').filter(|url| !url.is_empty()).map(ToOwned::to_owned).collect();
    if !operators.is_empty() {
        let own = |(at, url): (usize, String)| sink::Json::new(url).named(format!("operator {}", at + 1));
        return operators.into_iter().enumerate().map(own).fold(builder, Builder::sink);
    }
    let builder = builder
        .sink(sink::Hasura::new(TELEMETRY, "server_metrics_v2").server().only(["server_metrics"]))
        .sink(sink::HasuraConsole::new(TELEMETRY, "console"));
    let Some(license) = license() else { return builder };
    let more = ["source_metrics", "metrics"];
    builder
        .fact(label!("license_jti"), &license)
        .fact_with(label!("metadata_db_uid"), || Store::open(folder).ok().map(|store| store.db_uid()))
        .sink(sink::Hasura::new(TELEMETRY, "server_metrics_ee").enterprise().only(more))
}

/// The licence of the enterprise edition, if this is one.
fn license() -> Option<Uuid> {
    env::var("HASURA_GRAPHQL_EE_LICENSE_JTI").ok()?.parse().ok()
}

/// Has the engine asked for its samples for as long as it serves.
fn give_samples(telemetry: &Guard, engine: &Arc<Engine>, is_over: &Arc<AtomicBool>, interval: Duration) {
    let (of, over) = (Arc::clone(engine), Arc::clone(is_over));
    telemetry.snapshot(Schedule::every(interval), move || {
        (!over.load(Ordering::Relaxed)).then(|| ServerMetrics::of(&of.store))
    });
    if license().is_some() {
        let (of, over) = (Arc::clone(engine), Arc::clone(is_over));
        telemetry.snapshot(Schedule::every(interval), move || {
            if over.load(Ordering::Relaxed) { Vec::new() } else { SourceMetrics::of_all(&of.store) }
        });
    }
}

#[tracked(purpose = "how long engines run")]
fn serve(engine: &Engine, port: u16, load: usize, is_over: &Arc<AtomicBool>, tells: bool) -> Result<()> {
    let server = Arc::new(Server::http(("127.0.0.1", port)).map_err(|error| anyhow!(error))?);
    ctrlc::set_handler({
        let (server, is_over) = (Arc::clone(&server), Arc::clone(is_over));
        move || {
            is_over.store(true, Ordering::Relaxed);
            (0..THREADS).for_each(|_| server.unblock());
        }
    })?;
    println!("listening on http://{}", server.server_addr());
    let asked: u64 = std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Ok(request) = server.recv() {
                    // Whoever asked may be gone.
                    drop(answer(engine, tells, request));
                }
            });
        }
        let loads: Vec<_> = (0..load).map(|_| scope.spawn(|| bear(engine, is_over))).collect();
        loads.into_iter().filter_map(|load| load.join().ok()).sum()
    });
    if load > 0 {
        println!("load: {asked} queries");
    }
    Ok(())
}

/// Asks the same queries again and again, of which one in 512 fails, and as often for the metadata and what is wrong with them; says how many
/// queries there were.
fn bear(engine: &Engine, is_over: &AtomicBool) -> u64 {
    let of = |table: &Value| format!("{{ {} {{ id }} }}", table["name"].as_str().unwrap_or_default());
    let tables: Vec<String> = engine.store.with(|metadata| metadata::tables(metadata).map(of).collect());
    let good = tables.iter().cycle().take(511).map(String::as_str);
    let queries: Vec<&str> = good.chain(["{ nothing }"]).collect();
    let mut asked = 0;
    while !is_over.load(Ordering::Relaxed) {
        for query in queries.iter().copied() {
            // Whether it is answered is no matter here.
            drop(engine.graphql("admin", query));
            asked += 1;
        }
        engine.export_metadata();
        engine.inconsistent_metadata();
    }
    asked
}

fn answer(engine: &Engine, tells: bool, mut request: Request) -> std::io::Result<()> {
    let mut body = String::new();
    request.as_reader().take(LARGEST_BODY).read_to_string(&mut body)?;
    REQUEST_BYTES.add(body.len() as u64);
    let role = request.headers().iter().find(|header| header.field.equiv("x-hasura-role"));
    let role = role.map_or("admin", |header| header.value.as_str());
    let path = request.url().split('?').next().unwrap_or_default();
    let answered = match (request.method().as_str(), path) {
        ("GET", "/healthz") => Ok(json!("OK")),
        ("GET", "/v1/version") => {
            Ok(json!({"version": env!("CARGO_PKG_VERSION"), "server_uuid": engine.store.db_uid().to_string()}))
        }
        ("POST", "/v1/graphql") => {
            parsed(&body).and_then(|body| engine.graphql(role, body["query"].as_str().unwrap_or_default()))
        }
        ("POST", "/v1/metadata") => parsed(&body).and_then(|body| engine.metadata(&body)),
        ("GET", "/console") => {
            let shown = console::overview(engine, tells);
            return page(request, shown);
        }
        ("GET", path) if path.starts_with("/console/") => match console::table(engine, path) {
            Some(shown) => return page(request, shown),
            None => Err(Refused::NoSuchField),
        },
        _ => Err(Refused::NoSuchField),
    };
    let (status, text) = match answered {
        Ok(answer) => (200, answer.to_string()),
        Err(refused) => (400, json!({"errors": [{"message": refused.to_string()}]}).to_string()),
    };
    RESPONSE_BYTES.add(text.len() as u64);
    request.respond(Response::from_string(text).with_status_code(status))
}

fn parsed(body: &str) -> Result<Value, Refused> {
    serde_json::from_str(body).map_err(|_| Refused::NotUnderstood)
}

fn page(request: Request, text: String) -> std::io::Result<()> {
    let html = "Content-Type: text/html".parse::<Header>();
    request.respond(html.into_iter().fold(Response::from_string(text), Response::with_header))
}
