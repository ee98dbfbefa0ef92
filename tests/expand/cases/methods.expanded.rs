//! Methods of types and traits, with every receiver.
use telemetry_runtime::tracked;
pub struct Counter(u8);
impl Counter {
    pub fn value(&self) -> u8 {
        let __telemetry_call_7c1e5f93 = {
            static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                    "value",
                    "methods",
                )
                .start("Value Started")
                .finish("Value Finished");
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        self.0
    }
    pub fn add(&mut self, more: u8) -> Result<&mut Self, String> {
        let __telemetry_call_7c1e5f93 = {
            static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                    "add",
                    "methods",
                )
                .start("Add Started")
                .finish("Add Finished")
                .fallible();
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        self.0 = self.0.checked_add(more).ok_or("full")?;
        Ok(::telemetry_runtime::private::ok(self, &__telemetry_call_7c1e5f93))
    }
}
pub trait Reset: Sized {
    fn reset(self) -> Result<Self, String> {
        let __telemetry_call_7c1e5f93 = {
            static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                    "reset",
                    "methods",
                )
                .start("Reset Started")
                .finish("Reset Finished")
                .fallible();
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        (::telemetry_runtime::private::finish)(
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
        )
    }
    fn clear(self) -> Result<Self, String>;
}
impl Reset for Counter {
    fn clear(mut self) -> Result<Self, String> {
        let __telemetry_call_7c1e5f93 = {
            static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                    "clear",
                    "methods",
                )
                .start("Clear Started")
                .finish("Clear Finished")
                .fallible();
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        self.0 = 0;
        Ok(::telemetry_runtime::private::ok(self, &__telemetry_call_7c1e5f93))
    }
}
