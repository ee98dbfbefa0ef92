use std::sync::atomic::{AtomicU8, Ordering};

static BEFORE: AtomicU8 = AtomicU8::new(0);

#[used]
#[cfg_attr(target_os = "linux", link_section = ".init_array")]
static INIT: extern "C" fn() = before;

extern "C" {
    fn atexit(run: extern "C" fn()) -> i32;
}

#[tracked]
extern "C" fn before() {
    BEFORE.fetch_add(count().unwrap_or(0), Ordering::SeqCst);
}

#[tracked]
fn count() -> Result<u8, String> {
    Ok("3".parse::<u8>().map_err(|error| error.to_string())?)
}

#[tracked]
extern "C" fn after() {
    println!("after {:?}", count());
}

fn main() {
    println!("{}", unsafe { atexit(after) });
    println!("{}", BEFORE.load(Ordering::SeqCst));
}
