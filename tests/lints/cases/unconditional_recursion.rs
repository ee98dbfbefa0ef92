//! Unconditional recursion.

#[tracked]
pub fn down(number: u32) -> u32 {
    down(number - 1)
}

#[tracked]
pub fn down_fallible(number: u32) -> Result<u32, String> {
    down_fallible(number - 1)
}

#[tracked]
pub fn down_and_ok(number: u32) -> Result<u32, String> {
    let below = down_and_ok(number - 1)?;
    Ok(below)
}

pub struct Tree(u32);

impl Tree {
    #[tracked]
    pub fn height(&self) -> u32 {
        1 + self.height()
    }
}

impl std::fmt::Display for Tree {
    #[tracked]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl PartialEq for Tree {
    #[tracked]
    fn eq(&self, other: &Self) -> bool {
        self == other
    }
}

impl Default for Tree {
    #[tracked]
    fn default() -> Self {
        Self { ..Default::default() }
    }
}

fn main() {}
