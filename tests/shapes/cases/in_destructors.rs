use std::sync::atomic::{AtomicU8, Ordering};

static DROPPED: AtomicU8 = AtomicU8::new(0);

struct Guarded(u8);

impl Guarded {
    #[tracked]
    fn close(&mut self) -> Result<u8, String> {
        DROPPED.fetch_add(1, Ordering::SeqCst);
        if self.0 == 0 {
            return Err("zero".to_owned());
        }
        Ok(self.0)
    }
}

impl Drop for Guarded {
    #[tracked]
    fn drop(&mut self) {
        println!("{:?}, panicking: {}", self.close(), std::thread::panicking());
    }
}

#[tracked]
fn makes(k: u8) -> Result<Guarded, String> {
    let _first = Guarded(k);
    assert_ne!(k, 2);
    Ok(Guarded(k + 1))
}

fn main() {
    println!("{}", makes(0).is_ok());
    println!("{}", std::panic::catch_unwind(|| makes(2).is_ok()).is_err());
    println!("{}", DROPPED.load(Ordering::SeqCst));
}
