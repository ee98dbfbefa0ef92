struct Second;

impl Drop for Second {
    #[tracked]
    fn drop(&mut self) {
        println!("panics again");
        panic!("second");
    }
}

#[tracked]
fn first() -> Result<u8, String> {
    let _second = Second;
    panic!("first");
}

fn main() {
    // The default hook would print a backtrace, whose addresses are never the same.
    std::panic::set_hook(Box::new(|info| println!("{:?}", info.payload_as_str())));
    println!("{:?}", first());
}
