//! Dead code.

struct Store;

impl Store {
    #[tracked]
    fn open(&self) -> Result<u8, String> {
        Ok(1)
    }

    #[tracked]
    async fn close(&self) {
        idle().await;
    }
}

trait Plugin {
    #[tracked]
    fn load(&self) -> Option<u8> {
        None
    }
}

async fn idle() {}

#[tracked]
fn never_called(number: u8) -> u8 {
    number + 1
}

#[tracked]
async fn never_awaited(number: u8) -> Result<u8, String> {
    let next = not_reached(number);
    idle().await;
    next.map_err(|_| String::new())
}

#[tracked]
fn not_reached(number: u8) -> Result<u8, std::num::ParseIntError> {
    let next: u8 = "1".parse()?;
    Ok(next + number)
}

fn main() {}
