//! Async functions: what is awaited is marked. Functions that end with a future are tracked while it runs.
use std::future::Future;
use std::pin::Pin;
use telemetry_runtime::tracked;
pub async fn fetch(id: u32) -> Result<u32, String> {
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
            ::telemetry_runtime::private::Callsite::new("fetch", "futures")
                .start("Fetch Started")
                .finish("Fetch Finished")
                .fallible()
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    let first = (::telemetry_runtime::private::awaiting)(
            &__telemetry_call_7c1e5f93,
            step(id),
        )
        .await?;
    if first == 3 {
        return Ok(
            (::telemetry_runtime::private::finish)(
                (::telemetry_runtime::private::awaiting)(
                        &__telemetry_call_7c1e5f93,
                        step(first),
                    )
                    .await,
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
        );
    }
    (::telemetry_runtime::private::finish_or_tell)(
        (::telemetry_runtime::private::awaiting)(
                &__telemetry_call_7c1e5f93,
                step(first + 1),
            )
            .await,
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
pub async fn wait(id: u32) {
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
            ::telemetry_runtime::private::Callsite::new("wait", "futures")
                .start("Wait Started")
                .finish("Wait Finished")
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    let inner = async { step(id).await };
    (::telemetry_runtime::private::awaiting)(&__telemetry_call_7c1e5f93, inner)
        .await
        .ok();
}
pub fn later(id: u32) -> impl Future<Output = Result<u32, String>> {
    let next = id + 1;
    async move {
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
                ::telemetry_runtime::private::Callsite::new("later", "futures")
                    .start("Later Started")
                    .finish("Later Finished")
                    .fallible()
            };
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        (::telemetry_runtime::private::finish)(
            (::telemetry_runtime::private::awaiting)(
                    &__telemetry_call_7c1e5f93,
                    step(next),
                )
                .await,
            #[allow(unreachable_code)]
            &__telemetry_call_7c1e5f93,
            |__telemetry_value_7c1e5f93| {
                use ::telemetry_runtime::private::{ProbeDefault as _, ProbeKnown as _};
                (&::telemetry_runtime::private::Probe {
                    0: __telemetry_value_7c1e5f93,
                })
                    .__telemetry_is_error()
            },
        )
    }
}
pub fn boxed(id: u32) -> Pin<Box<dyn Future<Output = Result<u32, String>>>> {
    Box::pin(async move {
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
                ::telemetry_runtime::private::Callsite::new("boxed", "futures")
                    .start("Boxed Started")
                    .finish("Boxed Finished")
                    .fallible()
            };
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        (::telemetry_runtime::private::awaiting)(&__telemetry_call_7c1e5f93, step(id))
            .await?;
        Ok(::telemetry_runtime::private::ok(id, &__telemetry_call_7c1e5f93))
    })
}
async fn step(id: u32) -> Result<u32, String> {
    Ok(id)
}
