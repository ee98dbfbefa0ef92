//! E0311 generic lifetimes.

#[tracked]
fn plain<T: std::fmt::Display>(value: T) -> Box<dyn std::fmt::Display> {
    Box::new(value)
}

#[tracked]
fn fallible<T: std::fmt::Display>(value: T) -> Result<Box<dyn std::fmt::Display>, String> {
    Ok(Box::new(value))
}

#[tracked]
fn spawns<T: Send + FnOnce()>(value: T) -> Result<(), String> {
    std::thread::spawn(value).join().map_err(|_| String::new())
}

#[tracked]
fn borrowed<T: std::fmt::Display>(value: &T) -> Result<Box<dyn std::fmt::Display + '_>, String> {
    Ok(Box::new(value))
}

fn main() {}
