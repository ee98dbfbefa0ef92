//! Unused must use.

#[must_use]
fn important() -> u8 {
    1
}

fn fallible() -> Result<u8, String> {
    Err(String::new())
}

async fn later() -> Result<u8, String> {
    std::future::ready(()).await;
    fallible()
}

#[tracked]
pub fn forgets(number: u8) {
    important();
    fallible();
    number + 1;
    later();
}

#[tracked]
pub fn forgets_and_succeeds(number: u8) -> Result<u8, String> {
    important();
    fallible();
    number.checked_add(1).ok_or("full").map(|_| ());
    if number == 0 {
        fallible();
        return Ok(1);
    }
    Ok(number)
}

#[tracked]
pub async fn forgets_later(number: u8) -> Result<u8, String> {
    later();
    later().await;
    async { number };
    if number == 1 {
        important();
        return later().await;
    }
    Ok(number)
}

#[tracked]
fn tracked_fallible() -> Result<u8, String> {
    Ok(fallible()?)
}

#[tracked]
#[must_use]
fn tracked_important() -> u8 {
    important()
}

#[tracked]
async fn tracked_later() {
    std::future::ready(()).await;
}

fn main() {
    tracked_fallible();
    tracked_important();
    tracked_later();
    forgets(1);
    drop((forgets_and_succeeds(1), forgets_later(2)));
}
