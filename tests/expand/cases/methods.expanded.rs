//! Methods of types and traits, with every receiver.
use telemetry_runtime::tracked;
pub struct Counter(u8);
impl Counter {
    pub fn value(&self) -> u8 {
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
                ::telemetry_runtime::private::Callsite::new("value", "methods")
                    .start("Value Started")
                    .finish("Value Finished")
            };
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        self.0
    }
    pub fn add(&mut self, more: u8) -> Result<&mut Self, String> {
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
                ::telemetry_runtime::private::Callsite::new("add", "methods")
                    .start("Add Started")
                    .finish("Add Finished")
                    .fallible()
            };
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        self.0 = self.0.checked_add(more).ok_or("full")?;
        Ok(::telemetry_runtime::private::ok(self, &__telemetry_call_7c1e5f93))
    }
}
pub trait Reset: Sized {
    fn reset(self) -> Result<Self, String> {
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
                ::telemetry_runtime::private::Callsite::new("reset", "methods")
                    .start("Reset Started")
                    .finish("Reset Finished")
                    .fallible()
            };
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        (::telemetry_runtime::private::finish_or_tell)(
            self.clear(),
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
    fn clear(self) -> Result<Self, String>;
}
impl Reset for Counter {
    fn clear(mut self) -> Result<Self, String> {
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
                ::telemetry_runtime::private::Callsite::new("clear", "methods")
                    .start("Clear Started")
                    .finish("Clear Finished")
                    .fallible()
            };
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        self.0 = 0;
        Ok(::telemetry_runtime::private::ok(self, &__telemetry_call_7c1e5f93))
    }
}
