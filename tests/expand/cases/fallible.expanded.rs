//! Functions that return a `Result`: only what may be a success is marked.
use telemetry_runtime::tracked;
pub fn load(path: &str, kind: u8) -> Result<u8, String> {
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
            ::telemetry_runtime::private::Callsite::new("load", "fallible")
                .start("Load Started")
                .finish("Load Finished")
                .fallible()
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    if kind == 0 {
        return (::telemetry_runtime::private::finish_or_tell)(
            Err("nothing".into()),
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
        );
    }
    if kind == 1 {
        return Ok(::telemetry_runtime::private::ok(kind, &__telemetry_call_7c1e5f93));
    }
    let number: u8 = parse(path)?;
    match number {
        2 => Ok(::telemetry_runtime::private::ok(0, &__telemetry_call_7c1e5f93)),
        3 => {
            (::telemetry_runtime::private::finish_or_tell)(
                Err(
                    ::alloc::__export::must_use({
                        ::alloc::fmt::format(format_args!("three"))
                    }),
                ),
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
        4 => {
            Ok(
                (::telemetry_runtime::private::finish)(
                    parse("4"),
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
                )?,
            )
        }
        5 => {
            return (::telemetry_runtime::private::finish_or_tell)(
                parse("5"),
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
            );
        }
        6 => {
            ::core::panicking::panic_fmt(format_args!("six"));
        }
        _ => {
            (::telemetry_runtime::private::finish_or_tell)(
                parse("7"),
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
    }
}
fn parse(text: &str) -> Result<u8, String> {
    text.parse().map_err(|_| text.to_owned())
}
