#[tracked]
fn leave(code: i32) -> Result<(), String> {
    struct Never;
    impl Drop for Never {
        fn drop(&mut self) {
            println!("never dropped");
        }
    }
    let _never = Never;
    println!("leaving");
    if code > 0 {
        std::process::exit(code)
    }
    Ok(())
}

fn main() {
    let _ = std::thread::spawn(|| leave(9)).join();
    println!("not here");
}
