//! A program whose usage has to be reported, for tests of that.
//!
//! `metered ENDPOINT STATE_DIR WORD…`: the words `status`, `disable`, `forget`, `reset`, `log`, `catalogue` and `schema` are asked of its control or its
//! catalogue, and telemetry is not started then. Otherwise `aws=N` and `postgres=N` add rows, `aws.TABLE=N` rows of one of four tables,
//! `many=N` N rows of each of 130 tables, `long=N` the same of tables with long names, `batches=N` one row of each of those N times, `threads=N` a row at a time from 8 threads, N from each, `work` runs a tracked function, `flush` delivers, `owed` does and prints what is still owed, `shutdown` ends telemetry and prints that, `decision` prints
//! the status, `child` prints what a child is told, `drop` drops the guard, `fork` does the rest in a child and waits for it,
//! `hang` stays, `wait` waits for a line on standard input, `exit` exits and `abort` aborts. The variables `METERED_…` below say how telemetry is.
#![allow(clippy::print_stdout, reason = "a program that says what it did")]

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::{
    Builder, ClosedEnum, Development, Guard, Identifier, Label, Telemetry, UsageMeter, app, label, sink, tracked,
};
use telemetry_tests::forked;

#[derive(ClosedEnum)]
enum PluginKind {
    Source,
    Destination,
}

#[tracked]
fn work() {}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

fn usage(endpoint: String) -> sink::Usage {
    let time = |name, otherwise| number(name).map_or(otherwise, Duration::from_millis);
    // How long a machine takes for some words is not to be seen in the reports.
    let (minimum, maximum) = (Duration::from_secs(3600), Duration::from_secs(3600));
    let mut usage = sink::Usage::new(endpoint)
        .header("authorization", "Bearer usage-secret")
        .every(time("METERED_MINIMUM", minimum), time("METERED_MAXIMUM", maximum));
    if let Some(rows) = number("METERED_BATCH") {
        usage = usage.batch(rows);
    }
    if let Ok(prefix) = env::var("METERED_HEADERS") {
        usage = usage.pace_headers(prefix);
    }
    if env::var_os("METERED_SDK").is_some() {
        usage = usage.plugin_sdk();
    }
    if env::var_os("METERED_THOUSANDS").is_some() {
        usage = usage.in_thousands();
    }
    usage
}

fn telemetry(endpoint: String, state_dir: &str) -> Builder<'static> {
    let mut builder = Telemetry::builder(app!("metered"))
        .env_prefix("METERED")
        .state_dir(state_dir)
        .batch_window(Duration::from_millis(number("METERED_WINDOW").unwrap_or(3_600_000)))
        .fact(label!("channel"), &label!("stable"))
        .inspect(env::var_os("METERED_INSPECT").is_some())
        .fact_with(label!("late"), || {
            if env::var_os("METERED_LATE").is_some() {
                println!("late fact asked for");
            }
            1_u64
        })
        .required_usage(usage(endpoint));
    if env::var_os("METERED_HOLD").is_none() {
        builder = builder.development(Development::Send);
    }
    if let Ok(url) = env::var("METERED_STATS") {
        builder = builder.sink_with(|| {
            println!("sink made");
            sink::Json::new(url)
        });
    }
    builder
}

fn table(name: &str) -> Label {
    match name {
        "buckets" => label!("aws_s3_buckets"),
        "users" => label!("aws_iam_users"),
        "quoted" => label!("a \"table\"\\\u{1}"),
        _ => label!("aws_ec2_instances"),
    }
}

/// What makes a name too long for 64 of them to be in one event.
macro_rules! long {
    ($name:literal) => {
        // By what `label!` comes to: that takes a literal alone.
        telemetry_runtime::__label!(concat!(
            $name,
            "_a_table_whose_name_is_as_long_as_any_that_a_provider_of_services_has_come_up_with_for_what_it_lists_of_a_resource",
            "_and_of_everything_that_belongs_to_that_resource_in_all_regions_accounts_and_organisations_that_there_are_by_now"
        ))
    };
}

/// The labels of 130 tables, and of as many with long names.
fn tables() -> Vec<(Label, Label)> {
    macro_rules! labels {
        ($($name:literal)+) => { vec![$((label!($name), long!($name))),+] };
    }
    labels! {
        "t000" "t001" "t002" "t003" "t004" "t005" "t006" "t007" "t008" "t009" "t010" "t011" "t012" "t013" "t014"
        "t015" "t016" "t017" "t018" "t019" "t020" "t021" "t022" "t023" "t024" "t025" "t026" "t027" "t028" "t029"
        "t030" "t031" "t032" "t033" "t034" "t035" "t036" "t037" "t038" "t039" "t040" "t041" "t042" "t043" "t044"
        "t045" "t046" "t047" "t048" "t049" "t050" "t051" "t052" "t053" "t054" "t055" "t056" "t057" "t058" "t059"
        "t060" "t061" "t062" "t063" "t064" "t065" "t066" "t067" "t068" "t069" "t070" "t071" "t072" "t073" "t074"
        "t075" "t076" "t077" "t078" "t079" "t080" "t081" "t082" "t083" "t084" "t085" "t086" "t087" "t088" "t089"
        "t090" "t091" "t092" "t093" "t094" "t095" "t096" "t097" "t098" "t099" "t100" "t101" "t102" "t103" "t104"
        "t105" "t106" "t107" "t108" "t109" "t110" "t111" "t112" "t113" "t114" "t115" "t116" "t117" "t118" "t119"
        "t120" "t121" "t122" "t123" "t124" "t125" "t126" "t127" "t128" "t129"
    }
}

fn threads(meter: UsageMeter, rows: u64) {
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for row in 0..rows {
                    match (row + thread) % 3 {
                        0 => meter.add(1),
                        1 => meter.add_to(table("buckets"), 1),
                        _ => meter.add_to(table("users"), 1),
                    }
                }
            });
        }
    });
}

fn control(word: &str, builder: Builder<'_>) -> Option<String> {
    if let "catalogue" | "schema" = word {
        let catalogue = builder.catalogue();
        return Some(if word == "schema" { catalogue.to_json_schema() } else { catalogue.to_markdown() });
    }
    let control = builder.control();
    Some(match word {
        "status" => control.status().to_string(),
        "disable" => control.disable().map_or_else(|error| error.to_string(), |changed| changed.to_string()),
        "reset" => control.reset().map_or_else(|error| error.to_string(), |changed| changed.to_string()),
        "forget" => {
            let forgotten = control.forget(Duration::from_secs(2));
            forgotten.map_or_else(|error| error.to_string(), |receipt| receipt.to_string())
        }
        "log" => {
            let mut told = Vec::new();
            drop(control.log(&mut told));
            String::from_utf8_lossy(&told).into_owned()
        }
        _ => return None,
    })
}

fn run<'a>(telemetry: Guard, words: impl Iterator<Item = &'a str>) -> ExitCode {
    let aws = telemetry.usage_meter(&Identifier::plugin("cloudquery/aws"), &PluginKind::Source);
    let postgres = telemetry.usage_meter(&Identifier::plugin("cloudquery/postgresql"), &PluginKind::Destination);
    let mut telemetry = Some(telemetry);
    for word in words {
        let (name, rows) = word.split_once('=').unwrap_or((word, ""));
        let rows = rows.parse().unwrap_or(0);
        match (name, &telemetry) {
            ("aws", _) => aws.add(rows),
            ("postgres", _) => postgres.add(rows),
            // Somebody's name: there is none to be told.
            ("person", Some(telemetry)) => {
                telemetry.usage_meter(&Identifier::user("secret-alice"), &PluginKind::Source).add(rows);
            }
            ("many", _) => tables().into_iter().for_each(|(table, _)| aws.add_to(table, rows)),
            ("long", _) => tables().into_iter().for_each(|(_, table)| aws.add_to(table, rows)),
            ("batches", _) => {
                let tables = tables();
                (0..rows).for_each(|_| tables.iter().for_each(|(_, table)| aws.add_to(*table, 1)));
            }
            ("owed", Some(telemetry)) => println!("{:?}", telemetry.flush(Duration::from_secs(60))),
            ("shutdown", _) => println!("{:?}", telemetry.take().map(|telemetry| telemetry.shutdown(Duration::ZERO))),
            ("threads", _) => threads(aws, rows),
            ("work", _) => work(),
            ("flush", Some(telemetry)) => drop(telemetry.flush(Duration::from_secs(60))),
            ("decision", Some(telemetry)) => println!("{}", telemetry.status()),
            ("child", Some(telemetry)) => println!("{}", telemetry.child_env().1),
            ("drop", _) => telemetry = None,
            ("wait", _) => drop(std::io::stdin().read_line(&mut String::new())),
            ("exit", _) => std::process::exit(3),
            ("abort", _) => std::process::abort(),
            ("fork", _) => {
                if !forked() {
                    return ExitCode::SUCCESS;
                }
            }
            (name, _) if name.starts_with("aws.") => {
                aws.add_to(table(name.trim_start_matches("aws.")), rows);
            }
            ("hang", _) => {}
            _ => return ExitCode::from(2),
        }
        println!("{word}");
        if word == "hang" {
            loop {
                std::thread::park();
            }
        }
    }
    ExitCode::SUCCESS
}

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let (Some(endpoint), Some(state_dir)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    let words: Vec<String> = arguments.collect();
    let builder = || telemetry(endpoint.clone(), &state_dir);
    if let Some(said) = words.first().and_then(|word| control(word, builder())) {
        println!("{said}");
        return ExitCode::SUCCESS;
    }
    run(builder().start(), words.iter().map(String::as_str))
}
