//! What is no argument is refused, with those that there are.
use telemetry_runtime::report_error;

fn sync() {
    report_error!(event = "Sync Failed", error_text);
    report_error!(event = "Sync Failed", rows);
    report_error!(event = "Sync Failed" rows = 3);
    report_error!(event = "Sync Failed", backtrace, rows = 3);
}

fn main() {}
