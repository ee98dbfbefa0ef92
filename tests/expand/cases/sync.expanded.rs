//! Functions that carry no error: a guard, and the body as it was.
use telemetry_runtime::tracked;
pub fn greet(name: &str) -> usize {
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
            ::telemetry_runtime::private::Callsite::new("greet", "sync")
                .start("Greet Started")
                .finish("Greet Finished")
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    {
        ::std::io::_print(format_args!("Hello, {0}\n", name));
    };
    name.len()
}
pub fn log_in() {
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
            ::telemetry_runtime::private::Callsite::new("log_in", "sync")
                .details({
                    static DETAILS: ::telemetry_runtime::private::Details = ::telemetry_runtime::private::Details::NONE
                        .success("Login");
                    &DETAILS
                })
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
}
pub fn items_first() -> u8 {
    const START: u8 = 1;
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
            ::telemetry_runtime::private::Callsite::new("items_first", "sync")
                .start("Items First Started")
                .finish("Items First Finished")
        };
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    START + 1
}
