//! What `macro_rules` puts in keeps its precedence.
use telemetry_runtime::tracked;
pub fn compute(kind: u8) -> Result<u8, String> {
    let __telemetry_call = {
        static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                "compute",
                "fragments",
            )
            .start("Compute Started")
            .finish("Compute Finished")
            .fallible();
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    let twice = (1 + 2) * 2;
    match kind {
        (2 | 3) => {
            ::telemetry_runtime::private::will_ok(&__telemetry_call);
            Ok(twice)
        }
        4 => Err("four".to_owned()),
        _ => {
            ::telemetry_runtime::private::will_ok(&__telemetry_call);
            Ok((1 + 2) * 3)
        }
    }
}
