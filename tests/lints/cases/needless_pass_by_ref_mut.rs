//! Needless pass by ref mut.

#[tracked]
pub fn plain(list: &mut Vec<u8>) -> usize {
    list.len()
}

#[tracked]
fn fallible(list: &mut [u8]) -> Result<u8, String> {
    list.first().copied().ok_or_else(String::new)
}

#[tracked]
async fn later(text: &mut String) -> Result<usize, String> {
    std::future::ready(()).await;
    Ok(text.len())
}

struct Store(u8);

impl Store {
    #[tracked]
    fn get(&mut self) -> Result<u8, String> {
        if self.0 == 0 { Err(String::new()) } else { Ok(self.0) }
    }
}

fn main() {
    drop(fallible(&mut [1]));
    drop(later(&mut String::new()));
    drop(Store(1).get());
}
