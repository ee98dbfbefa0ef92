use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
enum Format {
    Csv,
    Other(String),
}

fn main() {}
