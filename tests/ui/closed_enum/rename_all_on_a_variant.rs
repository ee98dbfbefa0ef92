use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
enum Format {
    #[telemetry(rename_all = "lowercase")]
    Csv,
}

fn main() {}
