use std::sync::atomic::{AtomicI32, Ordering};

static SEEN: AtomicI32 = AtomicI32::new(0);

extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    fn raise(number: i32) -> i32;
}

#[tracked]
fn note(number: i32) -> Result<i32, i32> {
    let seen = SEEN.fetch_add(number, Ordering::SeqCst);
    if seen > 20 { Err(seen) } else { Ok(seen) }
}

#[tracked]
extern "C" fn handle(number: i32) {
    let _ = note(number);
}

#[tracked]
fn raises(times: u8) -> Result<i32, i32> {
    for _ in 0..times {
        unsafe { raise(10) };
    }
    note(0)
}

fn main() {
    unsafe { signal(10, handle) };
    println!("{:?} {:?}", raises(2), raises(3));
}
