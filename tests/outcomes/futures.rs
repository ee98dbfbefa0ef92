//! Futures that are dropped: cancelled if they wait in the function, and nothing at all if they never ran.

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use telemetry_runtime::{Outcome, tracked};

use crate::{assert_all, block_on, outcome, outcomes, pause, poll_and_drop};

#[tracked]
async fn waits_twice() -> Result<u8, String> {
    pause().await;
    pause().await;
    Ok(1)
}

#[tracked]
async fn carries_no_error(text: &str) -> usize {
    pause().await;
    text.len()
}

#[tracked]
async fn outer() -> Result<u8, String> {
    let inner = waits_twice().await?;
    pause().await;
    Ok(inner)
}

#[tracked]
fn boxed(wait: bool) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
    Box::pin(async move {
        if wait {
            pause().await;
        }
        Ok(1)
    })
}

#[tracked]
async fn waits_in_every_place(values: [u8; 2]) -> Result<u8, String> {
    let sum = values[later(0_usize).await] + later(1).await;
    match later(sum).await {
        3 if later(true).await => later(Ok(sum)).await,
        _ => Ok(later(Err::<u8, _>("else".to_owned())).await?),
    }
}

async fn later<T>(value: T) -> T {
    pause().await;
    value
}

type Answer<T> = Result<T, String>;

#[tracked]
async fn generic<T: Clone>(value: &T) -> Answer<T> {
    pause().await;
    Ok(value.clone())
}

#[tracked]
fn anonymous(text: &str) -> impl Future<Output = Answer<usize>> {
    let length = text.len();
    async move {
        pause().await;
        Ok(length)
    }
}

#[tracked]
fn without_error() -> BoxFuture<'static, u8> {
    async {
        pause().await;
        1
    }
    .boxed()
}

struct Shop;

impl Shop {
    #[tracked]
    async fn method(&self) -> Result<u8, String> {
        pause().await;
        Ok(1)
    }
}

trait Sells {
    async fn sell(&self) -> Result<u8, String>;

    #[tracked]
    async fn sell_again(&self) -> u8 {
        self.sell().await.unwrap_or_default()
    }
}

impl Sells for Shop {
    #[tracked]
    async fn sell(&self) -> Result<u8, String> {
        pause().await;
        Ok(1)
    }
}

#[async_trait]
trait Ships {
    async fn ship(&self) -> Result<u8, String>;
    async fn send(&self);
}

#[async_trait]
impl Ships for Shop {
    #[tracked]
    async fn ship(&self) -> Result<u8, String> {
        pause().await;
        Ok(1)
    }

    #[tracked]
    async fn send(&self) {
        pause().await;
    }
}

#[test]
fn dropped_while_it_waits() {
    for polls in 1..=2 {
        assert_eq!(outcome(|| poll_and_drop(waits_twice(), polls)), Outcome::Cancelled);
    }
    assert_all(
        [
            ("no error", outcome(|| poll_and_drop(carries_no_error("a"), 1))),
            ("generic", outcome(|| poll_and_drop(generic(&1), 1))),
            ("boxed", outcome(|| poll_and_drop(boxed(true), 1))),
            ("impl Future", outcome(|| poll_and_drop(anonymous("a"), 1))),
            ("BoxFuture", outcome(|| poll_and_drop(without_error(), 1))),
            ("method", outcome(|| poll_and_drop(Shop.method(), 1))),
            ("trait method", outcome(|| poll_and_drop(Shop.sell(), 1))),
            ("#[async_trait] method", outcome(|| poll_and_drop(Shop.ship(), 1))),
            ("#[async_trait] method without error", outcome(|| poll_and_drop(Shop.send(), 1))),
        ]
        .map(|(shape, found)| (shape, Outcome::Cancelled, found)),
    );
    assert_eq!(outcomes(|| poll_and_drop(Shop.sell_again(), 1)), [Outcome::Cancelled; 2]);
}

#[test]
fn dropped_at_each_await() {
    for polls in 1..=5 {
        assert_eq!(outcome(|| poll_and_drop(waits_in_every_place([2, 3]), polls)), Outcome::Cancelled, "{polls} polls");
    }
    assert_eq!(outcome(|| block_on(waits_in_every_place([2, 3]))), Outcome::Ok);
    assert_eq!(outcome(|| block_on(waits_in_every_place([3, 3]))), Outcome::Error);
}

#[test]
fn dropped_within_another_call() {
    assert_eq!(outcomes(|| poll_and_drop(outer(), 1)), [Outcome::Cancelled, Outcome::Cancelled]);
    assert_eq!(outcomes(|| poll_and_drop(outer(), 3)), [Outcome::Ok, Outcome::Cancelled]);
    assert_eq!(outcomes(|| block_on(outer())), [Outcome::Ok, Outcome::Ok]);
}

#[test]
fn dropped_before_it_ran() {
    assert_eq!(outcomes(|| drop(waits_twice())), []);
    assert_eq!(outcomes(|| drop(carries_no_error("a"))), []);
    assert_eq!(outcomes(|| drop(boxed(true))), []);
    assert_eq!(outcomes(|| drop(generic(&1))), []);
    assert_eq!(outcomes(|| drop(anonymous("a"))), []);
    assert_eq!(outcomes(|| drop(without_error())), []);
    assert_eq!(outcomes(|| drop(Shop.method())), []);
    assert_eq!(outcomes(|| drop(Shop.sell())), []);
    assert_eq!(outcomes(|| drop(Shop.ship())), []);
    assert_eq!(outcomes(|| drop(Shop.send())), []);
}

#[test]
fn run_to_the_end() {
    assert_all(
        [
            ("no error", outcome(|| block_on(carries_no_error("a")))),
            ("generic", outcome(|| block_on(generic(&1)))),
            ("boxed", outcome(|| block_on(boxed(false)))),
            ("impl Future", outcome(|| block_on(anonymous("a")))),
            ("BoxFuture", outcome(|| block_on(without_error()))),
            ("#[async_trait] method without error", outcome(|| block_on(Shop.send()))),
        ]
        .map(|(shape, found)| (shape, Outcome::Ok, found)),
    );
}

/// Macros whose operands are awaited: the call waits although no `.await` of its own is to be seen.
mod macros_that_wait {
    use super::*;

    #[tracked]
    async fn joins() -> u8 {
        let (one, two) = tokio::join!(later(1), later(2));
        one + two
    }

    #[tracked]
    async fn joins_or_fails() -> Result<u8, String> {
        let (one, two) = futures::try_join!(later(Ok::<u8, String>(1)), later(Ok(2)))?;
        Ok(one + two)
    }

    #[tracked]
    async fn selects() -> u8 {
        tokio::select! {
            biased;
            one = later(1) => one,
            two = later(2) => two,
        }
    }

    #[tracked]
    async fn selects_and_waits(fails: bool) -> Result<u8, String> {
        tokio::select! {
            biased;
            one = later(1) => {
                let one = later(one).await;
                if fails {
                    Err(format!("{one}"))
                } else {
                    Ok(one)
                }
            }
            () = std::future::pending() => Ok(0),
        }
    }

    #[tracked]
    async fn asserts() {
        assert_eq!(later(1).await, 1);
    }

    #[test]
    fn dropped_while_they_wait() {
        assert_all(
            [
                ("join", outcome(|| poll_and_drop(joins(), 1))),
                ("try_join", outcome(|| poll_and_drop(joins_or_fails(), 1))),
                ("select", outcome(|| poll_and_drop(selects(), 1))),
                ("select, first wait", outcome(|| poll_and_drop(selects_and_waits(false), 1))),
                ("select, in a branch", outcome(|| poll_and_drop(selects_and_waits(false), 2))),
                ("assert", outcome(|| poll_and_drop(asserts(), 1))),
            ]
            .map(|(place, found)| (place, Outcome::Cancelled, found)),
        );
    }

    #[test]
    fn run_to_their_end() {
        assert_all([
            ("join", Outcome::Ok, outcome(|| block_on(joins()))),
            ("try_join", Outcome::Ok, outcome(|| block_on(joins_or_fails()))),
            ("select", Outcome::Ok, outcome(|| block_on(selects()))),
            ("select, ok", Outcome::Ok, outcome(|| block_on(selects_and_waits(false)))),
            ("select, error", Outcome::Error, outcome(|| block_on(selects_and_waits(true)))),
            ("assert", Outcome::Ok, outcome(|| block_on(asserts()))),
        ]);
    }
}

/// Who loses a race is cancelled, and who held it is not.
#[test]
fn dropped_by_somebody_who_goes_on() {
    #[tracked]
    async fn races() -> Result<u8, String> {
        let mut slow = Box::pin(waits_twice());
        let fast = later(1);
        match futures::future::select(&mut slow, pin!(fast)).await {
            futures::future::Either::Left((slow, _)) => slow,
            futures::future::Either::Right((fast, _)) => Ok(fast),
        }
    }

    assert_eq!(outcomes(|| block_on(races())), [Outcome::Cancelled, Outcome::Ok]);
    let many = || block_on(join_all([boxed(false), boxed(true)]));
    assert_eq!(outcomes(many), [Outcome::Ok, Outcome::Ok]);
}

#[test]
fn dropped_by_a_timeout() {
    #[tracked]
    async fn sleeps() -> Result<(), String> {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(())
    }

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let run = || runtime.block_on(async { tokio::time::timeout(Duration::from_millis(1), sleeps()).await.is_err() });
    assert_eq!(outcome(run), Outcome::Cancelled);
    let run = || {
        runtime.block_on(async {
            let task = tokio::spawn(sleeps());
            tokio::task::yield_now().await;
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        });
    };
    assert_eq!(outcome(run), Outcome::Cancelled);
}

#[test]
fn dropped_on_another_thread() {
    let run = || {
        let mut future = Box::pin(waits_twice());
        assert!(future.as_mut().poll(&mut crate::context()).is_pending());
        std::thread::spawn(move || {
            assert!(future.as_mut().poll(&mut crate::context()).is_pending());
            drop(future);
        })
        .join()
        .unwrap();
    };
    assert_eq!(outcome(run), Outcome::Cancelled);
}

/// The future that is returned is made in a branch: its run is the call, whichever it is.
#[test]
fn made_in_a_branch() {
    #[tracked]
    fn chosen(k: u8) -> BoxFuture<'static, Result<u8, String>> {
        if k == 0 {
            return Box::pin(async { Err("zero".to_owned()) });
        }
        match k {
            1 => Box::pin(async {
                pause().await;
                Err("one".to_owned())
            }),
            _ => Box::pin(async move {
                pause().await;
                Ok(k)
            }),
        }
    }

    assert_all([
        ("returned", Outcome::Error, outcome(|| block_on(chosen(0)))),
        ("first arm", Outcome::Error, outcome(|| block_on(chosen(1)))),
        ("second arm", Outcome::Ok, outcome(|| block_on(chosen(2)))),
        ("cancelled", Outcome::Cancelled, outcome(|| poll_and_drop(chosen(2), 1))),
    ]);
    assert_eq!(outcomes(|| drop(chosen(2))), [], "never polled");
}

#[test]
fn panics_while_it_runs() {
    #[tracked]
    async fn panics(first: bool) -> Result<u8, String> {
        if !first {
            pause().await;
        }
        panic!("as told");
    }

    assert_eq!(outcome(|| block_on(panics(true))), Outcome::Panicked);
    assert_eq!(outcome(|| block_on(panics(false))), Outcome::Panicked);
}

#[test]
fn dropped_while_somebody_else_panics() {
    let run = || {
        let mut future = Box::pin(waits_twice());
        assert!(future.as_mut().poll(&mut crate::context()).is_pending());
        panic!("with a future that waits");
    };
    assert_eq!(outcome(run), Outcome::Cancelled);
}

#[test]
fn begun_while_somebody_else_panics() {
    struct Cleans;

    impl Drop for Cleans {
        fn drop(&mut self) {
            clean();
        }
    }

    #[tracked]
    fn clean() {}

    let run = || {
        let _cleans = Cleans;
        panic!("with something to clean");
    };
    assert_eq!(outcome(run), Outcome::Ok);
}
