//! A report has a name, which is a literal and stands first.
use telemetry_runtime::report_error;

const NAME: &str = "Sync Failed";

fn sync() {
    report_error!();
    report_error!(rows = 3, event = "Sync Failed");
    report_error!("Sync Failed");
    report_error!(event = NAME);
}

fn main() {}
