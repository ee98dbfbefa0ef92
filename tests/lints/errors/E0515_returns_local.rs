// says: E0515
//! E0515 returns local.

#[tracked]
fn plain<'a>() -> &'a str {
    let text = String::new();
    &text
}

#[tracked]
fn fallible<'a>(number: u8) -> Result<&'a str, String> {
    let text = number.to_string();
    if number == 1 {
        return Ok(&text);
    }
    if number == 2 {
        return Ok(text.as_str());
    }
    if number == 3 {
        return text.strip_prefix("a").ok_or_else(String::new);
    }
    match number {
        4 => Ok(text.trim()),
        5 => Ok(&text),
        _ => text.strip_prefix("a").ok_or_else(String::new),
    }
}

#[tracked]
fn iterator() -> Result<impl Iterator<Item = &'static u8>, String> {
    let list = vec![1];
    Ok(list.iter())
}

#[tracked]
async fn later<'a>(text: String) -> Result<&'a str, String> {
    std::future::ready(()).await;
    Ok(text.as_str())
}

#[tracked]
async fn later_computed<'a>(text: String) -> Result<&'a str, String> {
    std::future::ready(()).await;
    text.strip_prefix("a").ok_or_else(String::new)
}

fn main() {}
