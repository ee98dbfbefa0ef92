//! Programs with many tracked functions, generated and built beside this one.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use record::programs::beside;

/// How many tracked functions each of them has.
pub const SIZES: [u32; 5] = [1, 10, 100, 1000, 10_000];

/// The function in which a program writes its catalogue.
pub const CATALOGUE: &str = "*::catalogue_of_all";

const MAIN: &str = r#"
fn builder<'a>(folder: &str) -> telemetry_runtime::Builder<'a> {
    Telemetry::builder(app!("many")).development(Development::Send).flag(Level::All).state_dir(folder)
        .batch_window(Duration::from_secs(3600)).sink(sink::Json::new("http://127.0.0.1:9/"))
}

#[inline(never)]
fn catalogue_of_all() -> usize {
    let catalogue = builder("/nowhere").catalogue();
    catalogue.to_markdown().len() + catalogue.to_json_schema().len()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("catalogue") => println!("bytes {}", catalogue_of_all()),
        Some(folder) => {
            let _telemetry = builder(folder).start();
            let _ = std::hint::black_box(&ALL)[0](1);
        }
        None => println!("functions {}", std::hint::black_box(&ALL).len()),
    }
}
"#;

fn source(size: u32) -> String {
    let mut source = String::from(
        "use std::time::Duration;\nuse telemetry_runtime::{Development, Level, Telemetry, app, sink, tracked};\n\n",
    );
    let mut names = String::new();
    for number in 0..size {
        let _ = write!(
            source,
            "#[tracked(fields(items = number))]\nfn function_{number}(number: u64) -> Result<u64, u64> {{\n    \
             if number == {number} {{ Err(number) }} else {{ Ok(number) }}\n}}\n"
        );
        let _ = write!(names, "function_{number}, ");
    }
    let _ = writeln!(source, "static ALL: [fn(u64) -> Result<u64, u64>; {size}] = [{names}];");
    source + MAIN
}

/// Builds all of them; says where each is.
///
/// They are built without optimisation, which takes a tenth of the time: what is counted is the framework's, and that is built as always.
pub fn build() -> Vec<(u32, PathBuf)> {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../telemetry-runtime");
    let runtime = runtime.canonicalize().expect("it is there").display().to_string();
    let folder = beside("curves-generated");
    let programs = folder.join("src").join("bin");
    fs::create_dir_all(&programs).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"generated\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n\
         telemetry-runtime = {{ path = {runtime:?}, default-features = false, features = [\"record\"] }}\n[workspace]\n\
         [profile.release.package.generated]\nopt-level = 0\n"
    );
    write(&folder.join("Cargo.toml"), &manifest);
    // The versions that the other benchmarks have.
    drop(fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), folder.join("Cargo.lock")));
    for size in SIZES {
        write(&programs.join(format!("callsites_{size}.rs")), &source(size));
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&folder).env("CARGO_INCREMENTAL", "0");
    // What the programs depend on is there already, for this one.
    let target = beside("..");
    cargo.args(["build", "--release", "--quiet", "--target-dir"]).arg(&target);
    assert!(cargo.status().is_ok_and(|status| status.success()), "{cargo:?} failed");
    let program = |size| beside(&format!("callsites_{size}"));
    SIZES.into_iter().map(|size| (size, program(size))).collect()
}

/// Writes a file, unless it is so already: what is as it was is not built again.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return;
    }
    fs::write(path, text).expect("a file");
}
