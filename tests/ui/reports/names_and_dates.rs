//! Names, dates and notes are checked when the program is compiled.
use telemetry_runtime::report_error;

const OWNER: &str = "pages";

fn sync() {
    report_error!(event = " Sync Failed");
    report_error!(event = "Sync Failed", Rows = 3);
    report_error!(event = "Sync Failed", error = 3);
    report_error!(event = "Sync Failed", rows = 3, rows = 4);
    report_error!(event = "Sync Failed", stack, stack);
    report_error!(event = "Sync Failed", expires = "2027-13");
    report_error!(event = "Sync Failed", owner = OWNER, rows = 3);
    report_error!(event = "Sync Failed", purpose = 5);
}

fn main() {}
