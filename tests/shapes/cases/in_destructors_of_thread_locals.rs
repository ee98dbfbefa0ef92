use std::cell::{Cell, RefCell};

struct Loud(&'static str);

impl Drop for Loud {
    #[tracked]
    fn drop(&mut self) {
        println!("drop {} {:?}", self.0, last(self.0));
    }
}

thread_local! {
    static FIRST: RefCell<Option<Loud>> = const { RefCell::new(None) };
    static COUNT: Cell<u8> = const { Cell::new(0) };
    static SECOND: Loud = Loud("second");
}

#[tracked]
fn last(name: &str) -> Result<usize, String> {
    let count = COUNT.try_with(|count| count.replace(count.get() + 1)).map_err(|error| error.to_string())?;
    Ok(name.len() + count as usize)
}

fn main() {
    let run = || {
        FIRST.with(|first| first.borrow_mut().replace(Loud("first")));
        SECOND.with(|second| println!("made {}", second.0));
        last("x")
    };
    println!("{:?}", std::thread::spawn(run).join().unwrap());
    println!(
        "{:?}",
        std::thread::spawn(|| FIRST.with(|first| first.replace(Some(Loud("alone"))).is_none())).join().unwrap()
    );
}
