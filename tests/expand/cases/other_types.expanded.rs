//! Return types whose name does not tell: the compiler is asked.
use std::process::ExitCode;
use telemetry_runtime::tracked;
type Answer = Result<u8, String>;
pub fn answer(ask: bool) -> Answer {
    let __telemetry_call_7c1e5f93 = {
        static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                "answer",
                "other_types",
            )
            .start("Answer Started")
            .finish("Answer Finished");
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
        static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                "run",
                "other_types",
            )
            .start("Run Started")
            .finish("Run Finished");
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    if answer(true).is_err() {
        (::telemetry_runtime::private::finish)(
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
        )
    } else {
        (::telemetry_runtime::private::finish)(
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
        )
    }
}
pub fn code() -> i32 {
    let __telemetry_call_7c1e5f93 = {
        static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                "code",
                "other_types",
            )
            .start("Code Started")
            .finish("Code Finished");
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    (::telemetry_runtime::private::finish)(
        7,
        #[allow(unreachable_code)]
        &__telemetry_call_7c1e5f93,
        |code: &i32| *code != 0,
    )
}
