use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
enum Format {
    #[telemetry(rename = "")]
    Csv,
}

fn main() {}
