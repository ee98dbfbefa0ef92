// says: E0521
//! E0521 escapes.

#[tracked]
fn plain(text: &str) {
    std::thread::spawn(move || println!("{text}"));
}

#[tracked]
fn fallible(text: &str) -> Result<(), String> {
    std::thread::spawn(move || println!("{text}")).join().map_err(|_| String::new())
}

#[tracked]
async fn later(text: &str) -> Result<(), String> {
    tokio::spawn(async move { println!("{text}") }).await.map_err(|_| String::new())
}

fn main() {}
