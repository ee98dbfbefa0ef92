use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
enum Format {
    JsonLines,
    #[telemetry(rename = "json_lines")]
    Ndjson,
}

fn main() {}
