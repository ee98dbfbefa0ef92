use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
#[telemetry(rename = "format")]
enum Format {
    Csv,
}

fn main() {}
