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
#[automatically_derived]
impl ::telemetry_runtime::private::Described for Format {
    const KIND: ::telemetry_runtime::private::ValueKind = ::telemetry_runtime::private::ValueKind::words(
        <Self as ::telemetry_runtime::ClosedEnum>::NAMES,
    );
}
pub fn export(format: Format, tables: Vec<String>) {
    let __telemetry_call_7c1e5f93 = {
        #[used]
        #[unsafe(link_section = "linkme_TELEMETRY_CALLSITES")]
        static CALLSITE: ::telemetry_runtime::private::Callsite = {
            #[allow(clippy::no_effect_underscore_binding)]
            unsafe fn __typecheck(
                _: ::telemetry_runtime::private::linkme::__private37::Void,
            ) {
                #[allow(clippy::ref_option_ref)]
                let __new = || -> fn() -> &'static ::telemetry_runtime::private::Callsite {
                    || &CALLSITE
                };
                unsafe {
                    ::telemetry_runtime::private::linkme::DistributedSlice::private_typecheck(
                        ::telemetry_runtime::private::TELEMETRY_CALLSITES,
                        __new(),
                    );
                }
            }
            ::telemetry_runtime::private::Callsite::new("export", "fields")
                .start("Export Started")
                .finish("Export Over")
                .details({
                    static DETAILS: ::telemetry_runtime::private::Details = ::telemetry_runtime::private::Details::NONE
                        .fields(const {
                            &[
                                ("format", ::telemetry_runtime::private::ValueKind::ANY),
                                ("tables", ::telemetry_runtime::private::ValueKind::ANY),
                            ]
                        });
                    &DETAILS
                })
        };
        ::telemetry_runtime::private::open(&CALLSITE)
    };
    if ::telemetry_runtime::private::is_open(&__telemetry_call_7c1e5f93) {
        ::telemetry_runtime::private::field(
            &__telemetry_call_7c1e5f93,
            "format",
            &(format),
        );
        ::telemetry_runtime::private::last_field(
            &__telemetry_call_7c1e5f93,
            "tables",
            &(tables.len()),
        );
    }
    drop((format, tables));
}
