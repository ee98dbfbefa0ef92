//! Fields are evaluated by reference and only while telemetry is on. Closed enums are fields.
use telemetry_runtime::{ClosedEnum, tracked};
pub enum Format {
    Csv,
    JsonLines,
    #[telemetry(rename = "xlsx")]
    Spreadsheet,
}
#[automatically_derived]
#[allow(deprecated)]
impl ::telemetry_runtime::ClosedEnum for Format {
    const NAMES: &'static [&'static ::core::primitive::str] = &[
        "csv",
        "json_lines",
        "xlsx",
    ];
    fn index(&self) -> ::core::primitive::usize {
        match *self {
            Self::Csv { .. } => 0usize,
            Self::JsonLines { .. } => 1usize,
            Self::Spreadsheet { .. } => 2usize,
        }
    }
}
#[automatically_derived]
impl ::telemetry_runtime::private::Field for Format {
    fn to_value(&self) -> ::telemetry_runtime::private::Value {
        ::telemetry_runtime::private::closed_value(self)
    }
}
#[automatically_derived]
impl ::telemetry_runtime::private::ListItem for Format {}
pub fn export(format: Format, tables: Vec<String>) {
    let __telemetry_call_7c1e5f93 = {
        static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                "export",
                "fields",
            )
            .start("Export Started")
            .finish("Export Over");
        ::telemetry_runtime::private::open(&CALLSITE)
    };
    if ::telemetry_runtime::private::is_open(&__telemetry_call_7c1e5f93) {
        ::telemetry_runtime::private::field(
            &__telemetry_call_7c1e5f93,
            "format",
            &(format),
        );
        ::telemetry_runtime::private::field(
            &__telemetry_call_7c1e5f93,
            "tables",
            &(tables.len()),
        );
    }
    ::telemetry_runtime::private::begin(&__telemetry_call_7c1e5f93);
    drop((format, tables));
}
