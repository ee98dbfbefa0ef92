//! A series is named by words that are few and known, and not by texts.

use telemetry_runtime::{counter, counters};

counters! { ROWS: "rows_total" { table: String } }

counter! { REQUESTS: concat!("requests", "_total") }

fn main() {}
