use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
#[telemetry(rename_all = "Title Case")]
enum Format {
    Csv,
}

fn main() {}
