//! Wrong self convention.

struct Store(String);

impl Store {
    #[tracked]
    fn to_text(self) -> String {
        self.0
    }

    #[tracked]
    fn is_open(self) -> bool {
        self.0.is_empty()
    }

    #[tracked]
    fn into_text(&self) -> Result<String, String> {
        if self.0.is_empty() { Err(String::new()) } else { Ok(self.0.clone()) }
    }

    #[tracked]
    async fn as_text(self) -> Result<String, String> {
        std::future::ready(Ok(self.0)).await
    }

    #[tracked]
    fn from_text(&self) -> Self {
        Self(self.0.clone())
    }
}

fn main() {}
