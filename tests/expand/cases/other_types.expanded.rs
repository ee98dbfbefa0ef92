//! Return types whose name does not tell: the compiler is asked.
use std::process::ExitCode;
use telemetry_runtime::tracked;
type Answer = Result<u8, String>;
pub fn answer(ask: bool) -> Answer {
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
            ::telemetry_runtime::private::Callsite::new("answer", "other_types")
                .start("Answer Started")
                .finish("Answer Finished")
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    ::telemetry_runtime::private::fallible_if(
        &__telemetry_call_7c1e5f93,
        {
            use ::telemetry_runtime::private::{
                TypeProbeDefault as _, TypeProbeKnown as _,
            };
            let __telemetry_probe_7c1e5f93 = ::telemetry_runtime::private::TypeProbe::new();
            match () {
                () => {}
                _ => return __telemetry_probe_7c1e5f93.__telemetry_value(),
            }
            (&__telemetry_probe_7c1e5f93).__telemetry_is_fallible()
        },
    );
    if ask {
        answer(false)?;
    }
    Ok(::telemetry_runtime::private::ok(42, &__telemetry_call_7c1e5f93))
}
pub fn run() -> ExitCode {
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
            ::telemetry_runtime::private::Callsite::new("run", "other_types")
                .start("Run Started")
                .finish("Run Finished")
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    if answer(true).is_err() {
        (::telemetry_runtime::private::finish_or_tell)(
            ExitCode::FAILURE,
            #[allow(unreachable_code)]
            &__telemetry_call_7c1e5f93,
            |__telemetry_value_7c1e5f93| {
                use ::telemetry_runtime::private::{ProbeDefault as _, ProbeKnown as _};
                (&::telemetry_runtime::private::Probe {
                    0: __telemetry_value_7c1e5f93,
                })
                    .__telemetry_is_error()
            },
            |__telemetry_value_7c1e5f93, __telemetry_text_7c1e5f93| {
                use ::telemetry_runtime::private::{ErrorDefault as _, ErrorKnown as _};
                (&::telemetry_runtime::private::Probe {
                    0: __telemetry_value_7c1e5f93,
                })
                    .__telemetry_tell_error(__telemetry_text_7c1e5f93);
            },
        )
    } else {
        (::telemetry_runtime::private::finish_or_tell)(
            ExitCode::SUCCESS,
            #[allow(unreachable_code)]
            &__telemetry_call_7c1e5f93,
            |__telemetry_value_7c1e5f93| {
                use ::telemetry_runtime::private::{ProbeDefault as _, ProbeKnown as _};
                (&::telemetry_runtime::private::Probe {
                    0: __telemetry_value_7c1e5f93,
                })
                    .__telemetry_is_error()
            },
            |__telemetry_value_7c1e5f93, __telemetry_text_7c1e5f93| {
                use ::telemetry_runtime::private::{ErrorDefault as _, ErrorKnown as _};
                (&::telemetry_runtime::private::Probe {
                    0: __telemetry_value_7c1e5f93,
                })
                    .__telemetry_tell_error(__telemetry_text_7c1e5f93);
            },
        )
    }
}
pub fn code() -> i32 {
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
            ::telemetry_runtime::private::Callsite::new("code", "other_types")
                .start("Code Started")
                .finish("Code Finished")
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    (::telemetry_runtime::private::finish_or_tell)(
        7,
        #[allow(unreachable_code)]
        &__telemetry_call_7c1e5f93,
        |code: &i32| *code != 0,
        |__telemetry_value_7c1e5f93, __telemetry_text_7c1e5f93| {
            use ::telemetry_runtime::private::{ErrorDefault as _, ErrorKnown as _};
            (&::telemetry_runtime::private::Probe {
                0: __telemetry_value_7c1e5f93,
            })
                .__telemetry_tell_error(__telemetry_text_7c1e5f93);
        },
    )
}
