use telemetry_runtime::{ClosedEnum, counters};

#[derive(ClosedEnum)]
enum Status {
    Success,
}

#[derive(ClosedEnum)]
enum Role {
    Primary,
}

counters! { ROWS: "rows_total" { status: Status, role: Role } }

fn main() {
    ROWS.of((Role::Primary, Status::Success)).add(1);
    ROWS.of("success").add(1);
}
