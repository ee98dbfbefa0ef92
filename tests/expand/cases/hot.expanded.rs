//! Functions that are only counted, and functions of which some calls are recorded.
use telemetry_runtime::tracked;
pub fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
    let __telemetry_call_7c1e5f93 = {
        #[used]
        #[unsafe(link_section = "linkme_TELEMETRY_CALLSITES")]
        static CALLSITE: ::telemetry_runtime::private::counted::Callsite = {
            #[allow(clippy::no_effect_underscore_binding)]
            unsafe fn __typecheck(
                _: ::telemetry_runtime::private::counted::linkme::__private37::Void,
            ) {
                #[allow(clippy::ref_option_ref)]
                let __new = || -> fn() -> &'static ::telemetry_runtime::private::counted::Callsite {
                    || &CALLSITE
                };
                unsafe {
                    ::telemetry_runtime::private::counted::linkme::DistributedSlice::private_typecheck(
                        ::telemetry_runtime::private::counted::TELEMETRY_CALLSITES,
                        __new(),
                    );
                }
            }
            ::telemetry_runtime::private::counted::Callsite::new("parse", "hot")
                .fallible()
                .details({
                    static DETAILS: ::telemetry_runtime::private::counted::Details = ::telemetry_runtime::private::counted::Details::NONE
                        .aggregate(
                            "Parse Finished",
                            {
                                static TALLY: ::telemetry_runtime::private::counted::Tally = ::telemetry_runtime::private::counted::Tally::new();
                                &TALLY
                            },
                        );
                    &DETAILS
                })
        };
        ::telemetry_runtime::private::counted::enter(|| &CALLSITE)
    };
    if text.is_empty() {
        return Ok(
            ::telemetry_runtime::private::counted::ok(0, &__telemetry_call_7c1e5f93),
        );
    }
    (::telemetry_runtime::private::counted::finish)(
        text.parse(),
        #[allow(unreachable_code)]
        &__telemetry_call_7c1e5f93,
        |__telemetry_value_7c1e5f93| {
            use ::telemetry_runtime::private::counted::{
                ProbeDefault as _, ProbeKnown as _,
            };
            (&::telemetry_runtime::private::counted::Probe {
                0: __telemetry_value_7c1e5f93,
            })
                .__telemetry_is_error()
        },
    )
}
pub async fn fetch(ready: std::future::Ready<u8>) -> u8 {
    let __telemetry_call_7c1e5f93 = {
        #[used]
        #[unsafe(link_section = "linkme_TELEMETRY_CALLSITES")]
        static CALLSITE: ::telemetry_runtime::private::counted::Callsite = {
            #[allow(clippy::no_effect_underscore_binding)]
            unsafe fn __typecheck(
                _: ::telemetry_runtime::private::counted::linkme::__private37::Void,
            ) {
                #[allow(clippy::ref_option_ref)]
                let __new = || -> fn() -> &'static ::telemetry_runtime::private::counted::Callsite {
                    || &CALLSITE
                };
                unsafe {
                    ::telemetry_runtime::private::counted::linkme::DistributedSlice::private_typecheck(
                        ::telemetry_runtime::private::counted::TELEMETRY_CALLSITES,
                        __new(),
                    );
                }
            }
            ::telemetry_runtime::private::counted::Callsite::new("fetch", "hot")
                .details({
                    static DETAILS: ::telemetry_runtime::private::counted::Details = ::telemetry_runtime::private::counted::Details::NONE
                        .aggregate(
                            "Rows Fetched",
                            {
                                static TALLY: ::telemetry_runtime::private::counted::Tally = ::telemetry_runtime::private::counted::Tally::new();
                                &TALLY
                            },
                        );
                    &DETAILS
                })
        };
        ::telemetry_runtime::private::counted::enter(|| &CALLSITE)
    };
    (::telemetry_runtime::private::counted::awaiting)(&__telemetry_call_7c1e5f93, ready)
        .await
}
pub fn draw() {
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
            ::telemetry_runtime::private::Callsite::new("draw", "hot")
                .start("Draw Started")
                .finish("Draw Finished")
                .details({
                    static DETAILS: ::telemetry_runtime::private::Details = ::telemetry_runtime::private::Details::NONE
                        .sample(0.01f64)
                        .limit({
                            static LIMITER: ::telemetry_runtime::private::Limiter = ::telemetry_runtime::private::Limiter::new(
                                100u32,
                                ::telemetry_runtime::private::Per::Minute,
                            );
                            &LIMITER
                        });
                    &DETAILS
                })
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
}
