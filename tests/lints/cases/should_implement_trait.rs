// says: clippy::should_implement_trait clippy::inherent_to_string clippy::len_without_is_empty
//! Should implement trait.

pub struct Store(u8);

impl Store {
    #[tracked]
    pub fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    #[tracked]
    pub fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self(text.len() as u8))
    }

    #[tracked]
    pub fn next(&mut self) -> Option<u8> {
        self.0.checked_add(1)
    }

    #[tracked]
    pub fn to_string(&self) -> String {
        format!("{}", self.0)
    }

    #[tracked]
    pub fn len(&self) -> usize {
        usize::from(self.0)
    }
}

fn main() {}
