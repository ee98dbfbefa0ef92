// edition: 2024
// silent
//! Ordinary code: a small inventory, read from text, changed, and sent.

#![allow(
    clippy::absolute_paths,
    clippy::arbitrary_source_item_ordering,
    clippy::implicit_return,
    clippy::min_ident_chars,
    clippy::missing_docs_in_private_items,
    clippy::missing_trait_methods,
    clippy::pattern_type_mismatch,
    clippy::question_mark_used,
    clippy::shadow_reuse,
    clippy::single_call_fn,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::use_debug,
    reason = "they are about everything, or contradict others"
)]
#![allow(clippy::excessive_nesting, clippy::too_many_lines, reason = "their limits are low here, for the other cases")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result as Formatted};
use std::num::ParseIntError;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What goes wrong.
#[derive(Debug)]
enum InventoryError {
    /// The line has no equals sign.
    Format(String),
    /// What should be a number is none.
    Number(ParseIntError),
    /// It took too long.
    Timeout(Duration),
}

impl Display for InventoryError {
    #[tracked]
    fn fmt(&self, f: &mut Formatter<'_>) -> Formatted {
        match self {
            Self::Format(line) => write!(f, "no equals sign in `{line}`"),
            Self::Number(error) => write!(f, "no number: {error}"),
            Self::Timeout(after) => write!(f, "too late, after {after:?}"),
        }
    }
}

impl core::error::Error for InventoryError {
    #[tracked]
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        if let Self::Number(error) = self { Some(error) } else { None }
    }
}

impl From<ParseIntError> for InventoryError {
    #[tracked]
    fn from(error: ParseIntError) -> Self {
        Self::Number(error)
    }
}

/// Things, and how many there are.
#[derive(Debug, Default)]
struct Inventory {
    /// By name.
    counts: Mutex<BTreeMap<String, u32>>,
}

impl Inventory {
    #[tracked]
    /// Reads lines of `name=count`.
    fn parse(text: &str) -> Result<Self, InventoryError> {
        let inventory = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if line.starts_with('#') {
                continue;
            }
            let (name, count) = split(line)?;
            inventory.add(name, count);
        }
        Ok(inventory)
    }

    #[tracked]
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[tracked]
    fn add(&self, name: &str, count: u32) {
        let mut counts = self.lock();
        let sum = counts.entry(name.to_owned()).or_default();
        *sum = sum.saturating_add(count);
        drop(counts);
    }

    #[tracked]
    /// Takes some, if there are enough.
    fn take(&self, name: &str, count: u32) -> Result<u32, InventoryError> {
        let mut counts = self.lock();
        let Some(found) = counts.get_mut(name) else {
            return Err(InventoryError::Format(name.to_owned()));
        };
        match (found.checked_sub(count), count) {
            (Some(rest), 0) => Ok(rest),
            (Some(rest), _) => {
                *found = rest;
                drop(counts);
                Ok(rest)
            }
            (None, _) => Err(InventoryError::Format(format!("{name}: {count}"))),
        }
    }

    #[tracked]
    async fn send(&self, name: &str) -> Result<u32, InventoryError> {
        let count = self.lock().get(name).copied().unwrap_or_default();
        if count == 0 {
            return wait(Duration::from_millis(1)).await.map(|()| 0);
        }
        wait(Duration::ZERO).await?;
        for retry in 0..count {
            if let Ok(sent) = self.send_once(name, retry).await {
                return Ok(sent);
            }
        }
        self.send_once(name, count).await
    }

    #[tracked]
    fn send_once<'this>(
        &'this self,
        name: &'this str,
        retry: u32,
    ) -> Pin<Box<dyn Future<Output = Result<u32, InventoryError>> + Send + 'this>> {
        Box::pin(async move {
            wait(Duration::from_millis(u64::from(retry))).await?;
            self.take(name, 1)
        })
    }
}

#[tracked]
/// Name and count.
fn split(line: &str) -> Result<(&str, u32), InventoryError> {
    let (name, count) = line.split_once('=').ok_or_else(|| InventoryError::Format(line.to_owned()))?;
    Ok((name.trim(), count.trim().parse()?))
}

#[tracked]
async fn wait(time: Duration) -> Result<(), InventoryError> {
    if time > Duration::from_secs(1) {
        return Err(InventoryError::Timeout(time));
    }
    core::future::ready(()).await;
    Ok(())
}

#[tracked]
fn summary(inventory: &Inventory, title: Option<&str>) -> String {
    let counts = inventory.lock();
    let mut names: Vec<Cow<'_, str>> = counts.keys().map(|name| Cow::Borrowed(name.as_str())).collect();
    names.sort_unstable();
    let title = title.map_or_else(|| "inventory".to_owned(), str::to_uppercase);
    let text = format!("{title}: {}", names.join(", "));
    drop(names);
    drop(counts);
    text
}

#[tracked]
fn largest<T: Ord + Copy>(values: &[T]) -> Option<T> {
    let mut values = values.iter().copied();
    let first = values.next()?;
    let mut found = first;
    for value in values {
        if value > found {
            found = value;
        }
    }
    Some(found)
}

#[tracked]
fn run(text: &str) -> anyhow::Result<u32> {
    let inventory = Inventory::parse(text)?;
    anyhow::ensure!(!text.is_empty(), "nothing to do");
    let sent = futures::executor::block_on(inventory.send("apples"))?;
    let longest = largest(&[summary(&inventory, None).len(), summary(&inventory, Some("all")).len()]);
    if longest.is_none() {
        anyhow::bail!("nothing said");
    }
    Ok(sent)
}

#[tracked]
fn main() -> ExitCode {
    match run("apples=3\n# none\npears = 4") {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(2),
        Err(_) => ExitCode::FAILURE,
    }
}
