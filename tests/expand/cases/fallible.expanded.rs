//! Functions that return a `Result`: only what may be a success is marked.
use telemetry_runtime::tracked;
pub fn load(path: &str, kind: u8) -> Result<u8, String> {
    let __telemetry_call_7c1e5f93 = {
        static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                "load",
                "fallible",
            )
            .start("Load Started")
            .finish("Load Finished")
            .fallible();
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    if kind == 0 {
        return Err("nothing".into());
    }
    if kind == 1 {
        return Ok(::telemetry_runtime::private::ok(kind, &__telemetry_call_7c1e5f93));
    }
    let number: u8 = parse(path)?;
    match number {
        2 => Ok(::telemetry_runtime::private::ok(0, &__telemetry_call_7c1e5f93)),
        3 => {
            Err(
                ::alloc::__export::must_use({
                    ::alloc::fmt::format(format_args!("three"))
                }),
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
            return (::telemetry_runtime::private::finish)(
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
            );
        }
        6 => {
            ::core::panicking::panic_fmt(format_args!("six"));
        }
        _ => {
            (::telemetry_runtime::private::finish)(
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
            )
        }
    }
}
fn parse(text: &str) -> Result<u8, String> {
    text.parse().map_err(|_| text.to_owned())
}
