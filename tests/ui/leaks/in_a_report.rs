//! … nor in one of a report, and what does not print has no text.
use std::path::Path;

use telemetry_runtime::report_error;

#[derive(Debug)]
struct Shown;

fn sync(text: &str, error: &std::io::Error) {
    report_error!(event = "Sync Failed", a = text);
    report_error!(event = "Sync Failed", b = text.to_owned());
    report_error!(event = "Sync Failed", c = Path::new(text));
    report_error!(event = "Sync Failed", d = error);
    report_error!(event = "Sync Failed", e = error.to_string());
    report_error!(event = "Sync Failed", f: u64 = text);
    report_error!(event = "Sync Failed", error_text = Shown);
    report_error!(event = "Sync Failed", url = telemetry_runtime::template!(text));
}

fn main() {}
