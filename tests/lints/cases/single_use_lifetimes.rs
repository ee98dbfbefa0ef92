//! Single use lifetimes.

#[tracked]
pub fn plain<'a>(text: &'a str) -> usize {
    text.len()
}

#[tracked]
pub fn fallible<'a>(text: &'a str) -> Result<usize, String> {
    text.parse().map_err(|_| String::new())
}

pub struct Holder<'a>(&'a str);

impl<'a> Holder<'a> {
    #[tracked]
    pub fn compare<'b>(&self, other: &'b str) -> bool {
        self.0 == other
    }
}

fn main() {}
