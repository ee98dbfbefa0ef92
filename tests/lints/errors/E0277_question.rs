// says: E0277
//! E0277 question.

struct Own;

fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[tracked]
fn no_from(text: &str) -> Result<u8, Own> {
    let number = parse(text)?;
    Ok(number)
}

#[tracked]
fn no_from_in_ok(text: &str) -> Result<u8, Own> {
    if text.is_empty() {
        return Ok(parse("1")?);
    }
    Ok(parse(text)?)
}

#[tracked]
fn option_in_result(text: &str) -> Result<char, String> {
    let first = text.chars().next()?;
    Ok(first)
}

#[tracked]
fn option_in_result_tail(text: &str) -> Result<char, String> {
    Ok(text.chars().next()?)
}

#[tracked]
fn result_in_option(text: &str) -> Option<u8> {
    Some(parse(text)?)
}

#[tracked]
fn in_unit(text: &str) {
    parse(text)?;
}

#[tracked]
fn in_number(text: &str) -> u8 {
    parse(text)?
}

#[tracked]
fn on_number(number: u8) -> Result<u8, String> {
    if number == 3 {
        return Ok(number?);
    }
    number?;
    Ok(number.wrapping_add(1)?)
}

#[tracked]
async fn later(text: &str) -> Result<u8, Own> {
    let number = std::future::ready(parse(text)).await?;
    if number == 1 {
        return Ok(std::future::ready(parse(text)).await?);
    }
    Ok(std::future::ready(parse(text)).await?)
}

#[tracked]
async fn not_awaited(text: &str) -> Result<u8, Own> {
    let number = std::future::ready(parse(text))?;
    Ok(number)
}

#[tracked]
fn anyhow_not_send(cell: &std::cell::Cell<u8>) -> anyhow::Result<u8> {
    let failed: Result<u8, NotSend> = Err(NotSend(std::rc::Rc::new(cell.get())));
    Ok(failed?)
}

#[derive(Debug)]
struct NotSend(std::rc::Rc<u8>);

impl std::fmt::Display for NotSend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for NotSend {}

fn main() {}
