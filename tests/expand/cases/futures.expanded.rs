//! Async functions: what is awaited is marked. Functions that end with a future are tracked while it runs.
use std::future::Future;
use std::pin::Pin;
use telemetry_runtime::tracked;
pub async fn fetch(id: u32) -> Result<u32, String> {
    let __telemetry_call = {
        static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                "fetch",
                "futures",
            )
            .start("Fetch Started")
            .finish("Fetch Finished")
            .fallible();
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    let first = (::telemetry_runtime::private::awaiting)(&__telemetry_call, step(id))
        .await?;
    if first == 3 {
        return Ok(
            ::telemetry_runtime::private::ok(
                (::telemetry_runtime::private::awaiting)(&__telemetry_call, step(first))
                    .await?,
                &__telemetry_call,
            ),
        );
    }
    (::telemetry_runtime::private::finish)(
        (::telemetry_runtime::private::awaiting)(&__telemetry_call, step(first + 1))
            .await,
        #[allow(unreachable_code)]
        &__telemetry_call,
        |__telemetry_value| {
            use ::telemetry_runtime::private::ProbeDefault as _;
            ::telemetry_runtime::private::Probe(__telemetry_value).__telemetry_is_error()
        },
    )
}
pub async fn wait(id: u32) {
    let __telemetry_call = {
        static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                "wait",
                "futures",
            )
            .start("Wait Started")
            .finish("Wait Finished");
        ::telemetry_runtime::private::enter(&CALLSITE)
    };
    let inner = async { step(id).await };
    (::telemetry_runtime::private::awaiting)(&__telemetry_call, inner).await.ok();
}
pub fn later(id: u32) -> impl Future<Output = Result<u32, String>> {
    let next = id + 1;
    async move {
        let __telemetry_call = {
            static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                    "later",
                    "futures",
                )
                .start("Later Started")
                .finish("Later Finished")
                .fallible();
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        (::telemetry_runtime::private::finish)(
            (::telemetry_runtime::private::awaiting)(&__telemetry_call, step(next))
                .await,
            #[allow(unreachable_code)]
            &__telemetry_call,
            |__telemetry_value| {
                use ::telemetry_runtime::private::ProbeDefault as _;
                ::telemetry_runtime::private::Probe(__telemetry_value)
                    .__telemetry_is_error()
            },
        )
    }
}
pub fn boxed(id: u32) -> Pin<Box<dyn Future<Output = Result<u32, String>>>> {
    Box::pin(async move {
        let __telemetry_call = {
            static CALLSITE: ::telemetry_runtime::private::Callsite = ::telemetry_runtime::private::Callsite::new(
                    "boxed",
                    "futures",
                )
                .start("Boxed Started")
                .finish("Boxed Finished")
                .fallible();
            ::telemetry_runtime::private::enter(&CALLSITE)
        };
        (::telemetry_runtime::private::awaiting)(&__telemetry_call, step(id)).await?;
        ::telemetry_runtime::private::will_ok(&__telemetry_call);
        Ok(id)
    })
}
async fn step(id: u32) -> Result<u32, String> {
    Ok(id)
}
