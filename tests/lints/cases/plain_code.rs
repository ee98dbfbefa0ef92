// silent
//! Code that does as little as a function can.

#![allow(
    clippy::absolute_paths,
    clippy::arbitrary_source_item_ordering,
    clippy::empty_drop,
    clippy::implicit_return,
    clippy::missing_const_for_fn,
    clippy::missing_docs_in_private_items,
    clippy::missing_trait_methods,
    clippy::min_ident_chars,
    clippy::question_mark_used,
    clippy::single_call_fn,
    reason = "they are about everything, or contradict others"
)]
#![allow(clippy::too_many_lines, reason = "its limit is low here, for the other cases")]

/// Nothing.
struct Nothing;

impl Drop for Nothing {
    #[tracked]
    fn drop(&mut self) {}
}

impl AsRef<Self> for Nothing {
    #[tracked]
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Has a name.
trait Named {
    #[tracked]
    fn name(&self) -> &'static str {
        "nothing"
    }

    /// A number.
    fn number(&self) -> Result<u8, u8>;
}

impl Named for Nothing {
    #[tracked]
    fn number(&self) -> Result<u8, u8> {
        if self.name().is_empty() { Err(1) } else { Ok(2) }
    }
}

#[tracked]
fn nothing() {}

#[tracked]
fn forever(number: u8) -> ! {
    loop {
        if number == 3 {
            std::process::abort();
        }
    }
}

#[tracked]
fn unit(number: u8) -> Result<(), u8> {
    if number == 3 {
        return Err(3);
    }
    Ok(())
}

#[tracked]
fn unit_by_match(number: u8) -> Result<(), u8> {
    match number {
        1 => Err(1),
        2 => unit(2),
        _ => Ok(()),
    }
}

#[tracked]
fn passed_on(number: u8) -> Result<(), u8> {
    unit_by_match(number)
}

#[tracked]
fn leading_item(number: u8) -> Result<u8, u8> {
    const LIMIT: u8 = 3;
    unit(number)?;
    number.checked_sub(LIMIT).ok_or(LIMIT)
}

#[tracked]
async fn at_once(number: u8) -> Result<u8, u8> {
    core::future::ready(leading_item(number)).await
}

#[tracked]
async fn nested(number: u8) -> Result<u8, u8> {
    let closure = |result: Result<u8, u8>| result.map(|found| found.saturating_add(1));
    let future = async {
        if at_once(number).await? == 3 {
            return Err(3);
        }
        closure(Ok(number))
    };
    let found = future.await?;
    closure(at_once(found).await)
}

#[tracked]
fn main() {
    nothing();
    let result: Result<u8, u8> = passed_on(1).and_then(|()| Nothing.as_ref().number());
    let later = futures::executor::block_on(nested(3));
    if result.is_ok() && later.is_err() {
        forever(1);
    }
}
