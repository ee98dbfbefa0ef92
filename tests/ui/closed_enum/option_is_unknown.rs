use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
#[telemetry(case = "lowercase")]
enum Format {
    Csv,
}

fn main() {}
