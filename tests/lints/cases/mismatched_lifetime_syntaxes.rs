// says: mismatched_lifetime_syntaxes elided_lifetimes_in_paths
//! Mismatched lifetime syntaxes.

pub struct Holder<'a>(&'a str);

impl Holder<'_> {
    #[tracked]
    pub fn again(&self) -> Holder {
        Holder(self.0)
    }
}

#[tracked]
pub fn holder(text: &str) -> Holder {
    Holder(text)
}

#[tracked]
pub fn holder_fallible(text: &str) -> Result<Holder, String> {
    if text.is_empty() {
        return Err(String::new());
    }
    Ok(Holder(text))
}

#[tracked]
pub async fn holder_later(text: Holder<'_>) -> Result<Holder, String> {
    std::future::ready(()).await;
    Ok(text)
}

#[tracked]
pub fn formats(holder: Holder, f: &mut std::fmt::Formatter) -> std::fmt::Result {
    f.write_str(holder.0)
}

fn main() {}
