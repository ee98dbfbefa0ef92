// says: clippy::drop_non_drop clippy::significant_drop_tightening clippy::significant_drop_in_scrutinee clippy::forget_non_drop
//! Drops.

pub struct Plain(u8);

#[tracked]
pub fn plain(plain: Plain, lock: &std::sync::Mutex<Vec<u8>>) -> usize {
    drop(plain);
    let held = lock.lock().unwrap();
    let length = held.len();
    println!("{length}");
    length
}

#[tracked]
pub fn fallible(lock: &std::sync::Mutex<Vec<u8>>) -> Result<usize, String> {
    match lock.lock().unwrap().len() {
        0 => Ok(1),
        1 => {
            std::mem::forget(Plain(2));
            println!("{:?}", lock.lock());
            Ok(3)
        }
        _ => Err(String::new()),
    }
}

#[tracked]
pub fn tightening(lock: &std::sync::Mutex<Vec<u8>>) -> Result<usize, String> {
    let held = lock.lock().unwrap();
    let length = held.len();
    println!("{length}");
    Ok(length)
}

fn main() {}
