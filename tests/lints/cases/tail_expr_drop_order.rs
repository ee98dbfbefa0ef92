// says: tail_expr_drop_order if_let_rescope
//! Tail expr drop order.

#[tracked]
pub fn plain(lock: &std::sync::Mutex<String>) -> usize {
    let guard = Loud(3);
    println!("{}", guard.0);
    lock.lock().map(|held| Loud(held.len() as u8)).map(|loud| usize::from(loud.0)).unwrap_or_default()
}

#[tracked]
pub fn fallible(lock: &std::sync::Mutex<String>) -> Result<usize, String> {
    let guard = Loud(3);
    println!("{}", guard.0);
    loud(lock).get().parse().map_err(|_| String::new())
}

#[tracked]
pub fn in_ok(lock: &std::sync::Mutex<String>) -> Result<usize, String> {
    let guard = Loud(3);
    println!("{}", guard.0);
    Ok(loud(lock).get().len())
}

#[tracked]
pub fn conditional(lock: &std::sync::Mutex<String>) -> Result<usize, String> {
    if let Some(number) = loud(lock).get().chars().next() {
        Ok(number as usize)
    } else {
        loud(lock).get().parse().map_err(|_| String::new())
    }
}

#[tracked]
pub async fn later(lock: &std::sync::Mutex<String>) -> Result<usize, String> {
    let guard = Loud(3);
    std::future::ready(()).await;
    println!("{}", guard.0);
    Ok(loud(lock).get().len())
}

pub struct Loud(u8);

impl Loud {
    fn get(&self) -> &str {
        "loud"
    }
}

impl Drop for Loud {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

fn loud(lock: &std::sync::Mutex<String>) -> Loud {
    Loud(lock.lock().map_or(0, |held| held.len() as u8))
}

fn main() {}
