//! Methods of types and traits, with every receiver.

use telemetry_runtime::tracked;

pub struct Counter(u8);

impl Counter {
    #[tracked]
    pub fn value(&self) -> u8 {
        self.0
    }

    #[tracked]
    pub fn add(&mut self, more: u8) -> Result<&mut Self, String> {
        self.0 = self.0.checked_add(more).ok_or("full")?;
        Ok(self)
    }
}

pub trait Reset: Sized {
    #[tracked(event = "Reset")]
    fn reset(self) -> Result<Self, String> {
        self.clear()
    }

    fn clear(self) -> Result<Self, String>;
}

impl Reset for Counter {
    #[tracked]
    fn clear(mut self) -> Result<Self, String> {
        self.0 = 0;
        Ok(self)
    }
}
