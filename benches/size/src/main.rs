//! What the framework adds to a program: `size [builds] [starts] [functions]` prints tables in Markdown; without an argument, all of them.
//!
//! Builds are release builds with Cargo's settings, stripped, each in an empty target folder; their time is CPU time, of all
//! processes together.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The features that the program is built with, and what is said of each.
const VARIANTS: [(&str, &str, Option<Bounds>); 4] = [
    ("", "bare", None),
    ("attribute", "ours, compiled out", Some(Bounds { kib: f64::INFINITY, crates: 0, seconds: f64::INFINITY })),
    ("record", "ours, without TLS", Some(Bounds { kib: 700.0, crates: 32, seconds: 30.0 })),
    ("tls", "ours, with TLS", Some(Bounds { kib: 2000.0, crates: 42, seconds: 70.0 })),
];

/// What is to be kept to, over the bare program.
struct Bounds {
    kib: f64,
    crates: usize,
    seconds: f64,
}

/// Functions with an attribute.
const FUNCTIONS: usize = 1000;

/// A folder that goes with its owner.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn main() {
    let folder = std::env::current_exe().expect("an executable").with_file_name(format!("size-{}", std::process::id()));
    let folder = Folder(folder);
    fs::create_dir_all(&folder.0).expect("a folder");
    let which: Vec<_> = std::env::args().skip(1).collect();
    let is_asked = |part: &str| which.is_empty() || which.iter().any(|one| one == part);
    if is_asked("builds") || is_asked("starts") {
        let built: Vec<_> = VARIANTS.iter().map(|(features, ..)| Built::new(&folder.0, features)).collect();
        if is_asked("builds") {
            report_builds(&built);
        }
        if is_asked("starts") {
            report_starts(&folder.0, &built);
        }
    }
    if is_asked("functions") {
        report_functions(&folder.0);
    }
}

/// A program that was built.
struct Built {
    program: PathBuf,
    bytes: u64,
    seconds: f64,
    /// Third-party crates that are in the program, and those that only its build has.
    linked: BTreeSet<String>,
    compiled: BTreeSet<String>,
}

impl Built {
    fn new(folder: &Path, features: &str) -> Self {
        let target = folder.join(if features.is_empty() { "bare" } else { features });
        let mut cargo = cargo();
        cargo.args(["build", "--package=size", "--bin=program", "--features", features, "--target-dir"]).arg(&target);
        let seconds = cpu_of(release(&mut cargo));
        let program = target.join("release").join("program");
        let bytes = fs::metadata(&program).expect("it was built").len();
        let (linked, compiled) = (crates(features, "normal,no-proc-macro"), crates(features, "normal"));
        Self { program, bytes, seconds, linked, compiled }
    }
}

fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).env("CARGO_INCREMENTAL", "0");
    cargo
}

fn release(cargo: &mut Command) -> &mut Command {
    cargo.args(["--release", "--locked", "--quiet", "--config=profile.release.strip=true"])
}

/// Crates of a registry in the program's tree.
fn crates(features: &str, edges: &str) -> BTreeSet<String> {
    let mut cargo = cargo();
    cargo.args([
        "tree",
        "--locked",
        "--package=size",
        "--prefix=none",
        "--format={p}",
        "--features",
        features,
        "--edges",
        edges,
    ]);
    let tree = cargo.output().expect("cargo");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("text");
    tree.lines().filter(|line| !line.is_empty() && !line.contains('/')).map(|line| line.replace(" (*)", "")).collect()
}

/// The CPU time of a command and all that it starts, in seconds.
///
/// # Panics
///
/// If it fails.
fn cpu_of(command: &mut Command) -> f64 {
    let before = cpu_of_children();
    assert!(command.status().is_ok_and(|status| status.success()), "{command:?} failed");
    cpu_of_children() - before
}

/// The CPU time of all processes that were waited for, in seconds: the kernel counts it in hundredths.
fn cpu_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    // `cutime` and `cstime` are the 16th and 17th, and two come before the parenthesis.
    fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn kept(is_kept: bool) -> &'static str {
    if is_kept { "yes" } else { "**no**" }
}

#[allow(clippy::cast_precision_loss, reason = "a program is a few megabytes")]
fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

fn report_builds(built: &[Built]) {
    println!("### A program's size, crates and clean build\n");
    println!(
        "| program | stripped, KiB | over bare | must | crates in it | with those of its macros | must | build, CPU s | over bare | must | kept |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let Some(bare) = built.first() else { return };
    for (built, (_, title, bounds)) in built.iter().zip(&VARIANTS) {
        let (size, seconds) = (kib(built.bytes) - kib(bare.bytes), built.seconds - bare.seconds);
        let [must_size, must_crates, must_seconds, is_kept] = match bounds {
            None => [const { String::new() }; 4],
            Some(bounds) => {
                // Where nothing records, the macros' crates are all that there may be.
                let crates = if bounds.crates == 0 { &built.linked } else { &built.compiled };
                let is_kept = size <= bounds.kib && crates.len() <= bounds.crates && seconds <= bounds.seconds;
                let [kib, seconds] = [bounds.kib, bounds.seconds]
                    .map(|most| if most.is_finite() { most.to_string() } else { "–".into() });
                [kib, bounds.crates.to_string(), seconds, kept(is_kept).into()]
            }
        };
        println!(
            "| {title} | {:.0} | {size:.0} | {must_size} | {} | {} | {must_crates} | {:.1} | {seconds:.1} | {must_seconds} | {is_kept} |",
            kib(built.bytes),
            built.linked.len(),
            built.compiled.len(),
            built.seconds,
        );
    }
    for (built, (_, title, _)) in built.iter().zip(&VARIANTS).skip(1) {
        let linked: Vec<_> = built.linked.iter().map(String::as_str).collect();
        let macros: Vec<_> = built.compiled.difference(&built.linked).map(String::as_str).collect();
        println!("\n- {title}, in the program: {}", or_none(&linked.join(", ")));
        println!("- {title}, for its macros alone: {}", or_none(&macros.join(", ")));
    }
}

fn or_none(list: &str) -> &str {
    if list.is_empty() { "none" } else { list }
}

/// Instructions of a program from its start to its end: of its first thread, and of all.
fn instructions(folder: &Path, program: &Path, level: &str, argument: Option<&str>) -> (f64, f64) {
    let home = Folder(folder.join("home"));
    fs::create_dir_all(&home.0).expect("a folder");
    let out = home.0.join("callgrind");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--separate-threads=yes"]);
    valgrind.arg(format!("--callgrind-out-file={}", out.display())).arg(program).args(argument);
    valgrind.env_clear().env("HOME", &home.0).env("PATH", "/usr/bin:/bin").env("SIZE_TELEMETRY_LEVEL", level);
    let ended = valgrind.output().expect("valgrind");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let totals: Vec<f64> = (1..)
        .map_while(|thread| fs::read_to_string(home.0.join(format!("callgrind-{thread:02}"))).ok())
        .filter_map(|text| text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok()))
        .collect();
    (totals.first().copied().expect("valgrind's total"), totals.iter().sum())
}

fn report_starts(folder: &Path, built: &[Built]) {
    println!("\n### Instructions of a program that starts telemetry and ends\n");
    println!("In user mode, over the bare program; the kernel's are not counted.\n");
    println!("| program | level | first thread | all threads | must, level `none` | kept |");
    println!("|---|---|---|---|---|---|");
    let Some(bare) = built.first() else { return };
    let (bare_first, bare_all) = instructions(folder, &bare.program, "none", None);
    for (built, (_, title, _)) in built.iter().zip(&VARIANTS).skip(1) {
        for level in ["none", "all"] {
            let (first, all) = instructions(folder, &built.program, level, None);
            let over = first - bare_first;
            let (must, is_kept) = if level == "none" { ("60000", kept(over <= 60_000.0)) } else { ("", "") };
            println!("| {title} | `{level}` | {over:.0} | {:.0} | {must} | {is_kept} |", all - bare_all);
        }
    }
    println!("\nThe bare program takes {bare_first:.0}.");
}

/// A crate of many functions, some of which have an attribute.
struct Generated<'a> {
    name: &'a str,
    dependency: &'a str,
    attribute: &'a str,
    with_it: usize,
}

impl Generated<'_> {
    #[allow(clippy::format_push_string, reason = "a thousand lines")]
    fn write(&self, folder: &Path) -> PathBuf {
        let folder = folder.join(self.name);
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"generated\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n{}\n[workspace]\n",
            self.dependency
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
        // The versions that the other benchmarks have.
        drop(fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), folder.join("Cargo.lock")));
        let mut source = String::new();
        for number in 0..FUNCTIONS {
            let attribute = if number < self.with_it { self.attribute } else { "" };
            source += &format!(
                "{attribute}\n#[inline(never)]\nfn function_{number}(number: u64) -> Result<u64, std::num::ParseIntError> {{\n    \
                 let parsed: u64 = std::hint::black_box(\"{number}\").parse()?;\n    Ok(parsed ^ number)\n}}\n"
            );
        }
        let names: Vec<_> = (0..FUNCTIONS).map(|number| format!("function_{number}")).collect();
        source += &format!(
            "const ALL: [fn(u64) -> Result<u64, std::num::ParseIntError>; {FUNCTIONS}] = [{}];\n\
             fn main() {{ for function in std::hint::black_box(ALL) {{ let _ = std::hint::black_box(function(1)); }} }}\n",
            names.join(", ")
        );
        fs::write(folder.join("src/main.rs"), source).expect("a file");
        folder
    }

    /// CPU time of the crate's own part: what it depends on is there already. The median of three.
    fn seconds(folder: &Path, command: &str) -> f64 {
        let build = || {
            let mut cargo = cargo();
            cargo.current_dir(folder).args([command, "--quiet", "--target-dir"]).arg(folder.join("target"));
            if command == "build" {
                cargo.args(["--release", "--config=profile.release.strip=true"]);
            }
            let source = folder.join("src/main.rs");
            fs::write(&source, fs::read(&source).expect("a file")).expect("a file");
            cpu_of(&mut cargo)
        };
        build();
        let mut took = [build(), build(), build()];
        took.sort_by(f64::total_cmp);
        took[1]
    }
}

fn report_functions(folder: &Path) {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../telemetry-runtime");
    let runtime = runtime.canonicalize().expect("it is there");
    let ours = format!(
        "telemetry-runtime = {{ path = {:?}, default-features = false, features = [\"record\"] }}",
        runtime.display().to_string()
    );
    let tracing = "tracing = \"=0.1.44\"";
    let generated = [
        ("bare", "", "", 0),
        ("tracked", ours.as_str(), "#[telemetry_runtime::tracked]", FUNCTIONS),
        ("instrument", tracing, "#[tracing::instrument(skip_all)]", FUNCTIONS),
        // What all functions share is not any function's.
        ("tracked-one", ours.as_str(), "#[telemetry_runtime::tracked]", 1),
        ("instrument-one", tracing, "#[tracing::instrument(skip_all)]", 1),
    ];
    let measured = generated.map(|(name, dependency, attribute, with_it)| {
        let folder = Generated { name, dependency, attribute, with_it }.write(folder);
        let check = if name.ends_with("-one") { 0.0 } else { Generated::seconds(&folder, "check") };
        let build = Generated::seconds(&folder, "build");
        let bytes = fs::metadata(folder.join("target/release/generated")).expect("it was built").len();
        (check, build, bytes)
    });
    let [bare, tracked, instrument, tracked_one, instrument_one] = measured;
    println!("\n### {FUNCTIONS} functions with an attribute\n");
    println!("CPU time of the crate alone, over the same functions without one; what it depends on is built before.\n");
    println!("| attribute | check, s | release build, s | bytes a function |");
    println!("|---|---|---|---|");
    for (title, (check, build, bytes), (_, _, bytes_of_one)) in [
        ("`#[tracked]`", tracked, tracked_one),
        ("`#[tracing::instrument(skip_all)]`, tracing 0.1.44", instrument, instrument_one),
    ] {
        let each = (kib(bytes) - kib(bytes_of_one)) * 1024.0 / 999.0;
        println!("| {title} | {:.2} | {:.2} | {each:.0} |", check - bare.0, build - bare.1);
    }
    println!("\nWithout an attribute: check {:.2} s, release build {:.2} s.", bare.0, bare.1);
}
