use telemetry_runtime::{Field, Snapshot};

#[derive(Field)]
struct Pair(u32, u32);

#[derive(Snapshot)]
struct Nothing;

#[derive(Field)]
enum Either {
    One,
    Other,
}

#[derive(Field)]
union Both {
    one: u32,
    other: f32,
}

fn main() {}
