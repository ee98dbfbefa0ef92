//! Result types that are none.

type Outcome<T> = Option<T>;

struct BuildResult(u8);

#[tracked]
fn plain(number: u8) -> BuildResult {
    if number == 3 {
        return Ok(3);
    }
    number
}

#[tracked]
fn alias(number: u8) -> Outcome<u8> {
    if number == 3 {
        return Ok(3);
    }
    number
}

#[tracked]
fn alias_tail(number: u8) -> Outcome<u8> {
    Ok(number.wrapping_add(1))
}

#[tracked]
async fn later(number: u8) -> BuildResult {
    std::future::ready(number).await
}

#[tracked]
fn code(number: u8) -> std::process::ExitCode {
    if number == 3 {
        return 3;
    }
    number
}

#[tracked]
fn poll(number: u8) -> std::task::Poll<Result<u8, String>> {
    if number == 3 {
        return Ok(number);
    }
    std::task::Poll::Ready(number)
}

struct Store;

impl Store {
    #[tracked]
    fn get(self, number: u8) -> Self {
        if number == 3 {
            return Ok(self);
        }
        number
    }

    #[tracked]
    fn associated<I: Iterator>(mut list: I) -> I::Item {
        if list.next().is_none() {
            return 3;
        }
        list.next()
    }
}

fn main() {}
