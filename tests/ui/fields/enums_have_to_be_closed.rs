use telemetry_runtime::tracked;

enum Format {
    Csv,
}

#[tracked(fields(format = format))]
fn sync(format: Format) {
    let Format::Csv = format;
}

fn main() {}
