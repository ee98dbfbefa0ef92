//! What `macro_rules` puts in keeps its precedence.
use telemetry_runtime::tracked;
pub fn compute(kind: u8) -> Result<u8, String> {
    let __telemetry_call_7c1e5f93 = {
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
            Ok(::telemetry_runtime::private::ok(twice, &__telemetry_call_7c1e5f93))
        }
        4 => Err("four".to_owned()),
        _ => {
            Ok(::telemetry_runtime::private::ok((1 + 2) * 3, &__telemetry_call_7c1e5f93))
        }
    }
}
