// says: clippy::clone_on_ref_ptr clippy::mutex_atomic clippy::arc_with_non_send_sync
//! Clone on ref ptr.

#[tracked]
pub fn plain(text: &std::rc::Rc<str>) -> std::rc::Rc<str> {
    text.clone()
}

#[tracked]
pub fn fallible(text: std::rc::Rc<str>) -> Result<std::rc::Rc<str>, String> {
    let flag = std::sync::Mutex::new(false);
    println!("{flag:?}");
    if text.is_empty() {
        return Ok(text.clone());
    }
    Ok(text.clone())
}

#[tracked]
pub fn shared(number: u8) -> Result<std::sync::Arc<std::cell::Cell<u8>>, String> {
    if number == 1 {
        return Err(String::new());
    }
    Ok(std::sync::Arc::new(std::cell::Cell::new(number)))
}

#[tracked]
pub fn locked(number: u8) -> Result<std::rc::Rc<std::sync::Mutex<u8>>, String> {
    if number == 1 { Err(String::new()) } else { Ok(std::rc::Rc::new(std::sync::Mutex::new(number))) }
}

fn main() {}
