//! Lifetimes do not match.

#[tracked]
fn plain<'a, 'b>(one: &'a str, two: &'b str) -> &'a str {
    if one.is_empty() {
        return two;
    }
    two
}

#[tracked]
fn fallible<'a, 'b>(one: &'a str, two: &'b str) -> Result<&'a str, String> {
    if one.is_empty() {
        return Ok(two);
    }
    if one == "a" {
        return two.strip_prefix("a").ok_or_else(String::new);
    }
    match two {
        "a" => Ok(two),
        "b" => Ok(two.trim()),
        _ => two.strip_prefix("a").ok_or_else(String::new),
    }
}

struct Store(String);

impl Store {
    #[tracked]
    fn get(&self, other: &str) -> &str {
        other
    }

    #[tracked]
    fn get_fallible(&self, other: &str) -> Result<&str, String> {
        Ok(other)
    }

    #[tracked]
    async fn later(&self, other: &str) -> Result<&str, String> {
        std::future::ready(()).await;
        Ok(other)
    }
}

#[tracked]
fn to_static(text: &str) -> Result<&'static str, String> {
    Ok(text)
}

#[tracked]
fn boxed(text: &str) -> Result<Box<dyn Fn() -> usize>, String> {
    Ok(Box::new(move || text.len()))
}

fn main() {}
