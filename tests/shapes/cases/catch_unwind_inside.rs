use std::panic::{catch_unwind, resume_unwind};

struct Nested;

impl Drop for Nested {
    #[tracked]
    fn drop(&mut self) {
        let inner = catch_unwind(|| panic!("inside a drop"));
        println!("caught {} while panicking: {}", inner.is_err(), std::thread::panicking());
    }
}

#[tracked]
fn catches(k: u8) -> Result<u8, Box<dyn std::any::Any + Send>> {
    let caught = catch_unwind(|| {
        if k == 0 {
            panic!("zero");
        }
        k
    });
    let _nested = Nested;
    match caught {
        Ok(n) if n > 1 => resume_unwind(Box::new(n)),
        other => other,
    }
}

fn main() {
    // The default hook would print a backtrace, whose addresses are never the same.
    std::panic::set_hook(Box::new(|info| println!("{} {:?}", info.location().unwrap(), info.payload_as_str())));
    println!("{:?}", catches(0).map_err(|payload| payload.downcast_ref::<&str>().copied()));
    println!("{:?}", catches(1).is_ok());
    println!("{:?}", catch_unwind(|| catches(2).is_ok()).map_err(|payload| *payload.downcast::<u8>().unwrap()));
}
