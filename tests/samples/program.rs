//! A program that gives its numbers, as the servers of the contract do: `sampled ENDPOINT STATE_DIR WORD…`.
//!
//! `server`, `configuration` and `sources` give snapshots at once, `tables` one of each table, `secret` one with a team's name in it, and
//! `huge` one that is too large; `provide`, `hanging`, `panicking` and `expired` have providers asked every 10 ms from now on. `asked`
//! waits until the first provider was asked three times more, `counts` says how often each of the others was. `count` changes metrics, `many` one of a
//! hundred sources, `rest` takes one back, `flush` delivers, `fork` does what follows in a child as well, for which it waits, `forks` makes
//! children that end at once, and `end` ends telemetry, `exit` the program, and `hang` nothing.
//! After each word it prints the word.
#![allow(clippy::print_stdout, clippy::panic, reason = "a program that says what it did, and is to fail")]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use telemetry_runtime::{
    App, ClosedEnum, Development, Field, Hashed, Identifier, Label, Schedule, Snapshot, Telemetry, counter, counters,
    gauge, gauges, label, sink,
};
use uuid::Uuid;

#[derive(Field)]
struct Permissions {
    roles: u32,
    delete: u32,
    insert: u32,
    select: u32,
    update: u32,
}

#[derive(Field)]
struct Relationships {
    auto: u32,
    manual: u32,
}

#[derive(Snapshot)]
#[snapshot(event = "server_metrics", purpose = "how large databases are", owner = "server team")]
struct ServerMetrics {
    views: u32,
    tables: u32,
    functions: u32,
    permissions: Permissions,
    relationships: Relationships,
    event_triggers: u32,
    remote_schemas: u32,
    /// Of the database, and so another one than the run's.
    db_uid: Option<Uuid>,
}

#[derive(ClosedEnum)]
#[telemetry(rename_all = "SCREAMING_SNAKE_CASE")]
enum CheckerError {
    CpuMemoryInconclusive,
}

#[derive(Snapshot)]
#[snapshot(event = "configuration")]
#[allow(clippy::struct_excessive_bools, reason = "as the contract has it")]
struct Configuration {
    api_limits_enabled: bool,
    api_limits_roles_with_limits: u32,
    api_limits_rate_limits: u32,
    api_limits_depth_limits: u32,
    api_limits_node_limits: u32,
    api_limits_time_limits: u32,
    api_limits_batch_limits: u32,
    prometheus_endpoint_enabled: bool,
    prometheus_secret_enabled: bool,
    otel_enabled: bool,
    otel_traces_enabled: bool,
    allow_list_roles: u32,
    logs_http_response_log_enabled: bool,
    logs_api_limit_log_enabled: bool,
    logs_live_query_poller_log_enabled: bool,
    logs_caching_log_enabled: bool,
    logs_tracing_log_enabled: bool,
    logs_metrics_log_enabled: bool,
    logs_health_check_log_enabled: bool,
    rate_limiting_enabled: bool,
    caching_enabled: bool,
    remote_schemas: u32,
    actions_synchronous: u32,
    actions_asynchronous: u32,
    actions_query: u32,
    actions_type_relationships: u32,
    actions_custom_types: u32,
    resource_cpu: u32,
    resource_memory: u32,
    resource_checker_error_code: CheckerError,
    jwt_secrets_configured: u32,
    admin_secrets_configured: u32,
}

#[derive(Clone, Copy, ClosedEnum)]
enum Backend {
    Postgres,
    Mssql,
}

#[derive(Snapshot)]
#[snapshot(event = "source_metrics", purpose = "what is asked of which databases")]
struct SourceMetrics {
    backend_type: Backend,
    read_replicas: u32,
    health_check_enabled: bool,
    tables: u32,
    views: u32,
    enum_tables: u32,
    relationships_manual: u32,
    relationships_auto: u32,
    permissions_select: u32,
    permissions_insert: u32,
    permissions_update: u32,
    permissions_delete: u32,
    permissions_roles: u32,
    event_triggers: u32,
    functions: u32,
    native_queries: u32,
    query_tags_enabled: bool,
    connection_templates_enabled: bool,
}

impl SourceMetrics {
    fn of(backend_type: Backend) -> Self {
        Self {
            backend_type,
            read_replicas: 0,
            health_check_enabled: false,
            tables: 0,
            views: 0,
            enum_tables: 0,
            relationships_manual: 0,
            relationships_auto: 0,
            permissions_select: 0,
            permissions_insert: 0,
            permissions_update: 0,
            permissions_delete: 0,
            permissions_roles: 0,
            event_triggers: 0,
            functions: 0,
            native_queries: 0,
            query_tags_enabled: false,
            connection_templates_enabled: false,
        }
    }
}

#[derive(Snapshot)]
#[snapshot(event = "sync.table", cumulative)]
struct TableMetrics<'a> {
    name: Hashed<'a>,
    client_id: Hashed<'a>,
    start_time: SystemTime,
    end_time: Option<SystemTime>,
    resources: u64,
    errors: u64,
}

#[derive(Snapshot)]
struct Secret {
    team: Identifier,
    inside: Vec<Inside>,
}

#[derive(Field)]
struct Inside {
    user: Identifier,
    rows: u32,
}

#[derive(Snapshot)]
struct Huge {
    words: Vec<Word>,
}

#[derive(Field)]
struct Word {
    word: Label,
}

#[derive(Snapshot)]
#[snapshot(expires = "2020-01")]
struct Expired {
    never: bool,
}

#[derive(ClosedEnum)]
enum Status {
    Success,
    Failed,
}

#[derive(ClosedEnum)]
#[allow(dead_code, reason = "a place in the table, whether it is counted in or not")]
enum Operation {
    Query,
    Mutation,
    Subscription,
}

#[derive(ClosedEnum)]
#[allow(dead_code, reason = "a place in the table, whether it is counted in or not")]
enum Role {
    Primary,
    Replica,
}

counter! {
    ACTION_REQUEST: "hasura_action_request_bytes_total", purpose = "how much actions ask for";
    ACTION_RESPONSE: "hasura_action_response_bytes_total";
    TRIGGER_REQUEST: "hasura_event_trigger_request_bytes_total";
    TRIGGER_RESPONSE: "hasura_event_trigger_response_bytes_total";
    HTTP_REQUEST: "hasura_http_request_bytes_total", purpose = "how much is asked for";
    HTTP_RESPONSE: "hasura_http_response_bytes_total";
    SCHEDULED_REQUEST: "hasura_scheduled_trigger_request_bytes_total";
    SCHEDULED_RESPONSE: "hasura_scheduled_trigger_response_bytes_total";
    RECEIVED: "hasura_websocket_messages_received_bytes_total";
    SENT: "hasura_websocket_messages_sent_bytes_total";
    NEVER: "never_counted_total";
}

gauge! {
    SUBSCRIPTIONS: "hasura_active_subscriptions";
    WORKERS: "hasura_event_trigger_http_workers";
    FETCHED: "hasura_events_fetched_per_batch";
    CONNECTIONS: "hasura_http_connections";
    RESOURCE_VERSION: "hasura_metadata_resource_version";
    WEBSOCKETS: "hasura_websocket_connections"
}

counters! {
    CRON: "hasura_cron_events_invocation_total" { status: Status };
    EVENTS: "hasura_event_invocations_total" { status: Status };
    REQUESTS: "hasura_graphql_requests_total" { operation_type: Operation, response_status: Status };
    SOURCES: "sources_total" { source: Hashed };
}

gauges! { POSTGRES: "hasura_postgres_connections" { role: Role, source_name: Label } }

/// How often each provider was asked.
static ASKED: Mutex<u64> = Mutex::new(0);
static WAS_ASKED: Condvar = Condvar::new();
static HANGING: AtomicU64 = AtomicU64::new(0);
static PANICKING: AtomicU64 = AtomicU64::new(0);

fn provide() -> [SourceMetrics; 2] {
    *ASKED.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    WAS_ASKED.notify_all();
    [SourceMetrics::of(Backend::Postgres), SourceMetrics::of(Backend::Mssql)]
}

/// Waits until the first provider was asked three times more: the answer before the last is recorded then.
fn asked() {
    let asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    let before = *asked;
    drop(WAS_ASKED.wait_while(asked, |asked| *asked < before + 3));
}

fn hanging() -> Option<Secret> {
    HANGING.fetch_add(1, Ordering::Relaxed);
    loop {
        std::thread::park();
    }
}

fn panicking() -> Option<Secret> {
    PANICKING.fetch_add(1, Ordering::Relaxed);
    panic!("as asked");
}

fn expired() -> [Expired; 1] {
    println!("expired was asked");
    [Expired { never: true }]
}

fn server() -> ServerMetrics {
    ServerMetrics {
        views: 1,
        tables: 2,
        functions: 1,
        permissions: Permissions { roles: 1, delete: 2, insert: 1, select: 2, update: 2 },
        relationships: Relationships { auto: 2, manual: 0 },
        event_triggers: 0,
        remote_schemas: 1,
        db_uid: std::env::var("SAMPLED_DB").ok().and_then(|id| id.parse().ok()),
    }
}

fn configuration() -> Configuration {
    Configuration {
        api_limits_enabled: true,
        api_limits_roles_with_limits: 0,
        api_limits_rate_limits: 0,
        api_limits_depth_limits: 0,
        api_limits_node_limits: 0,
        api_limits_time_limits: 0,
        api_limits_batch_limits: 0,
        prometheus_endpoint_enabled: false,
        prometheus_secret_enabled: false,
        otel_enabled: false,
        otel_traces_enabled: false,
        allow_list_roles: 0,
        logs_http_response_log_enabled: false,
        logs_api_limit_log_enabled: false,
        logs_live_query_poller_log_enabled: false,
        logs_caching_log_enabled: false,
        logs_tracing_log_enabled: true,
        logs_metrics_log_enabled: false,
        logs_health_check_log_enabled: false,
        rate_limiting_enabled: false,
        caching_enabled: false,
        remote_schemas: 0,
        actions_synchronous: 0,
        actions_asynchronous: 0,
        actions_query: 0,
        actions_type_relationships: 0,
        actions_custom_types: 0,
        resource_cpu: 2048,
        resource_memory: 0,
        resource_checker_error_code: CheckerError::CpuMemoryInconclusive,
        jwt_secrets_configured: 2,
        admin_secrets_configured: 2,
    }
}

fn count() {
    let plain = [
        &ACTION_REQUEST,
        &ACTION_RESPONSE,
        &TRIGGER_REQUEST,
        &TRIGGER_RESPONSE,
        &HTTP_REQUEST,
        &HTTP_RESPONSE,
        &SCHEDULED_REQUEST,
        &SCHEDULED_RESPONSE,
        &RECEIVED,
        &SENT,
    ];
    for counter in plain {
        counter.add(1);
    }
    for gauge in [&SUBSCRIPTIONS, &WORKERS, &FETCHED, &CONNECTIONS, &RESOURCE_VERSION, &WEBSOCKETS] {
        gauge.set(1);
    }
    CRON.of(Status::Success).add(1);
    EVENTS.of(Status::Success).add(1);
    REQUESTS.of((Operation::Query, Status::Failed)).add(1);
    POSTGRES.of((Role::Primary, label!("default"))).set(1);
    NEVER.add(0);
}

/// What the C library has and the standard library does not. `compiled_out` builds this program by itself, so it does not share what others have for it.
#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no other way to do what programs do that fork")]
mod c {
    unsafe extern "C" {
        pub(crate) safe fn fork() -> i32;
        pub(crate) fn waitpid(child: i32, status: *mut i32, options: i32) -> i32;
    }

    pub(crate) fn wait_for(child: i32) {
        // SAFETY: it writes nothing where it is given nothing to write to.
        unsafe { waitpid(child, std::ptr::null_mut(), 0) };
    }
}

/// Forks; in the parent, waits for the child.
fn fork() {
    #[cfg(unix)]
    match c::fork() {
        0 => {}
        child => c::wait_for(child),
    }
}

/// Makes children that end at once, one after another.
fn forks() {
    #[cfg(unix)]
    for _ in 0..300 {
        match c::fork() {
            0 => std::process::exit(0),
            child => c::wait_for(child),
        }
    }
}

fn milliseconds(variable: &str) -> Option<Duration> {
    Some(Duration::from_millis(std::env::var(variable).ok()?.parse().ok()?))
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(endpoint), Some(state_dir)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    // A version is whatever the program says, also a number.
    let mut builder = Telemetry::builder(App::new(label!("sampled"), label!("12345"), true, false))
        .env_prefix("SAMPLED")
        .development(Development::Send)
        .state_dir(&state_dir)
        .batch_window(milliseconds("SAMPLED_WINDOW").unwrap_or(Duration::from_secs(3600)))
        .metrics_interval(milliseconds("SAMPLED_METRICS").unwrap_or(Duration::from_secs(3600)));
    builder = match std::env::var_os("SAMPLED_FILE") {
        Some(path) => builder.sink(sink::JsonLines::file(path).kinds(sink::Kinds::SNAPSHOTS)),
        None => builder.sink(sink::Json::new(endpoint)),
    };
    if std::env::var_os("SAMPLED_EVENT").is_some() {
        builder = builder.metrics_event(label!("runtime metrics"));
    }
    if std::env::args().any(|word| word == "page" || word == "schema") {
        let catalogue = builder.catalogue();
        print!("{}", if state_dir == "page" { catalogue.to_markdown() } else { catalogue.to_json_schema() });
        return ExitCode::SUCCESS;
    }
    let mut telemetry = Some(builder.start());
    let often = Schedule::every(Duration::from_millis(10)).after(Duration::ZERO);
    for word in arguments {
        let Some(guard) = &telemetry else { return ExitCode::from(2) };
        match word.as_str() {
            "server" => guard.snapshot_now(&server()),
            "configuration" => guard.snapshot_now(&configuration()),
            "sources" => provide().iter().for_each(|source| guard.snapshot_now(source)),
            "tables" => {
                let start_time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
                let table = |name, resources, end_time| {
                    let (name, client_id) = (Hashed::of(name), Hashed::of("account-1"));
                    TableMetrics { name, client_id, start_time, end_time, resources, errors: 0 }
                };
                guard.snapshot_now(&table("aws_s3_buckets", 3, Some(start_time + Duration::from_secs(1))));
                guard.snapshot_now(&table("aws_iam_users", 1, None));
            }
            "secret" => {
                let inside = vec![Inside { user: Identifier::user("secret-user"), rows: 3 }];
                guard.snapshot_now(&Secret { team: Identifier::team("secret-team"), inside });
            }
            "huge" => {
                let word = || Word {
                    word: label!(
                        "a word that is longer than words are: a word that is longer than words are: a word that is longer than words are: \
                         a word that is longer than words are: a word that is longer than words are: \
                         a word that is longer than words are: a word that is longer than words are: a word that is longer than words are"
                    ),
                };
                let words = (0..64).map(|_| word()).collect();
                guard.snapshot_now(&Huge { words });
                let words = (0..4).map(|_| word()).collect();
                guard.snapshot_now(&Huge { words });
            }
            "provide" => guard.snapshot(often, provide),
            "hanging" => guard.snapshot(often, hanging),
            "panicking" => guard.snapshot(often, panicking),
            "expired" => guard.snapshot(often, expired),
            "asked" => asked(),
            "counts" => {
                let asked = *ASKED.lock().unwrap_or_else(PoisonError::into_inner);
                let others = (HANGING.load(Ordering::Relaxed), PANICKING.load(Ordering::Relaxed));
                println!("provided {asked}, hanging {}, panicking {}", others.0, others.1);
            }
            "count" => count(),
            "rest" => SUBSCRIPTIONS.set(0),
            "many" => {
                let names: Vec<String> = (0..100).map(|number| format!("source-{number}")).collect();
                for name in &names {
                    SOURCES.of(Hashed::of(name)).add(1);
                }
            }
            "flush" => drop(guard.flush(Duration::from_secs(60))),
            "fork" => fork(),
            "forks" => forks(),
            "end" => drop(telemetry.take()),
            "wait" => drop(std::io::stdin().read_line(&mut String::new())),
            "exit" => std::process::exit(3),
            "hang" => {
                println!("hang");
                loop {
                    std::thread::park();
                }
            }
            _ => return ExitCode::from(2),
        }
        println!("{word}");
    }
    ExitCode::SUCCESS
}
