use telemetry_runtime::{ClosedEnum, counters};

#[derive(ClosedEnum)]
enum Place {
    A, B, C, D, E, F, G, H, I,
}

counters! { MOVES: "moves_total" { from: Place, to: Place } }

fn main() {}
