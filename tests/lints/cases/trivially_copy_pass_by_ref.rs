//! Trivially copy pass by ref.

#[tracked]
fn plain(number: &u8) -> u8 {
    *number
}

#[tracked]
fn fallible(number: &u8) -> Result<u8, String> {
    if *number == 0 { Err(String::new()) } else { Ok(*number) }
}

#[tracked]
async fn later(number: &u8) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(*number)
}

#[derive(Clone, Copy)]
struct Small(u8);

impl Small {
    #[tracked]
    fn get(&self) -> Option<u8> {
        self.0.checked_add(1)
    }
}

fn main() {
    drop((plain(&1), fallible(&2), later(&3), Small(1).get()));
}
