#[tracked]
fn main() -> ! {
    println!("once");
    std::process::exit(helper(4))
}

#[tracked]
fn helper(n: i32) -> i32 {
    n + 1
}
