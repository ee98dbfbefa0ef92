use telemetry_runtime::Snapshot;

#[derive(Snapshot)]
#[telemetry(rename = "sizes", what)]
#[snapshot(name = "sizes")]
#[snapshot(event = "", event = "sizes", expires = "soon", purpose = "", cumulative, cumulative)]
struct Sizes {
    rows: u32,
    #[telemetry(skip)]
    tables: u32,
}

fn main() {}
