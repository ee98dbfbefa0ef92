use telemetry_runtime::Field;

#[derive(Field)]
struct Names {
    #[telemetry(rename = "Rows Read")]
    rows: u32,
    #[allow(non_snake_case)]
    Tables: u32,
    views: u32,
    #[telemetry(rename = "views")]
    others: u32,
    r#type: u32,
}

fn main() {}
