#[tracked]
extern "C" fn fails(code: i32) -> i32 {
    if code > 0 {
        println!("before");
        panic!("with {code}");
    }
    code
}

fn main() {
    // The default hook would print a backtrace, whose addresses are never the same.
    std::panic::set_hook(Box::new(|info| println!("{:?}", info.payload_as_str())));
    println!("{}", fails(0));
    fails(3);
    println!("never");
}
