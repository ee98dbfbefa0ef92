use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
#[telemetry(rename_all = "lowercase", rename_all = "UPPERCASE")]
enum Format {
    Csv,
}

fn main() {}
