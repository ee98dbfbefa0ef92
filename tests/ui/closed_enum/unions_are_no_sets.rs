use telemetry_runtime::ClosedEnum;

#[derive(ClosedEnum)]
union Format {
    csv: u8,
}

fn main() {}
