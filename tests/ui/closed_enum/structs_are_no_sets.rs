use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
struct Format {
    name: &'static str,
}

fn main() {}
