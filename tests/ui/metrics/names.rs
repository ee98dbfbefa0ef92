use telemetry_runtime::{ClosedEnum, Label, counters, gauge};

#[derive(ClosedEnum)]
enum Status {
    Success,
}

gauge! { CONNECTIONS: "Connections" }

counters! {
    ROWS: "rows_total" { value: Label };
    OTHERS: "others_total" { other: Status };
}

fn main() {}
