//! What `macro_rules` puts in keeps its precedence.
use telemetry_runtime::tracked;
pub fn compute(kind: u8) -> Result<u8, String> {
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
            ::telemetry_runtime::private::Callsite::new("compute", "fragments")
                .start("Compute Started")
                .finish("Compute Finished")
                .fallible()
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    let twice = (1 + 2) * 2;
    match kind {
        (2 | 3) => {
            Ok(::telemetry_runtime::private::ok(twice, &__telemetry_call_7c1e5f93))
        }
        4 => {
            (::telemetry_runtime::private::finish_or_tell)(
                Err("four".to_owned()),
                #[allow(unreachable_code)]
                &__telemetry_call_7c1e5f93,
                |__telemetry_value_7c1e5f93| {
                    use ::telemetry_runtime::private::{
                        ProbeDefault as _, ProbeKnown as _,
                    };
                    (&::telemetry_runtime::private::Probe {
                        0: __telemetry_value_7c1e5f93,
                    })
                        .__telemetry_is_error()
                },
                |__telemetry_value_7c1e5f93, __telemetry_text_7c1e5f93| {
                    use ::telemetry_runtime::private::{
                        ErrorDefault as _, ErrorKnown as _,
                    };
                    (&::telemetry_runtime::private::Probe {
                        0: __telemetry_value_7c1e5f93,
                    })
                        .__telemetry_tell_error(__telemetry_text_7c1e5f93);
                },
            )
        }
        _ => {
            Ok(::telemetry_runtime::private::ok((1 + 2) * 3, &__telemetry_call_7c1e5f93))
        }
    }
}
