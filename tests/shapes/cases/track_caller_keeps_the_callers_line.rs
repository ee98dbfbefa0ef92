use std::panic::Location;

#[track_caller]
#[tracked]
fn line() -> Result<u32, String> {
    Ok(Location::caller().line())
}

#[tracked]
#[track_caller]
fn column(deep: bool) -> u32 {
    if deep { Location::caller().column() } else { column(true) }
}

#[tracked]
#[track_caller]
fn unwrap(value: Option<u8>) -> Result<u8, &'static Location<'static>> {
    value.ok_or(Location::caller())
}

struct Method;

impl Method {
    #[tracked]
    #[track_caller]
    fn fail(&self) -> Result<(), ()> {
        None::<()>.expect("nothing is here");
        Ok(())
    }
}

fn main() {
    println!("{:?} {} {}", line(), column(true), column(false));
    println!("{:?} {:?}", unwrap(None), unwrap(Some(1)));
    let _ = Method.fail();
}
