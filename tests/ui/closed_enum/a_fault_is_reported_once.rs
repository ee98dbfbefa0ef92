use telemetry_runtime::{ClosedEnum, tracked};

#[derive(ClosedEnum)]
enum Format {
    Csv,
    Other(u8),
}

#[tracked(fields(format = format))]
fn export(format: Format) -> bool {
    matches!(format, Format::Csv | Format::Other(_))
}

fn main() {
    export(Format::Csv);
}
