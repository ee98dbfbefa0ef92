// says: E0308
//! E0308 breaks.

#[tracked]
fn plain(number: u8) -> u8 {
    loop {
        break "a";
    }
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    loop {
        if number == 3 {
            break Ok("a");
        }
        if number == 4 {
            break;
        }
        break number;
    }
}

#[tracked]
fn labelled(number: u8) -> Result<u8, String> {
    'found: {
        if number == 3 {
            break 'found "a";
        }
        Ok(number)
    }
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    loop {
        break std::future::ready(number).await;
    }
}

fn main() {}
