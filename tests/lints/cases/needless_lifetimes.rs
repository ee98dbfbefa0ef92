//! Needless lifetimes.

#[tracked]
pub fn first<'a>(text: &'a str) -> &'a str {
    &text[..1]
}

#[tracked]
pub fn first_fallible<'a>(text: &'a str) -> Result<&'a str, String> {
    text.get(..1).ok_or_else(String::new)
}

#[tracked]
pub async fn first_later<'a>(text: &'a str) -> &'a str {
    std::future::ready(()).await;
    text
}

pub struct Holder(String);

impl Holder {
    #[tracked]
    pub fn get<'a>(&'a self) -> &'a str {
        &self.0
    }

    #[tracked]
    pub fn future<'a>(&'a self) -> impl std::future::Future<Output = Result<&'a str, String>> + 'a {
        async move { Ok(&*self.0) }
    }
}

fn main() {}
