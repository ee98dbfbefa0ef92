// says: clippy::impl_trait_in_params clippy::ref_option clippy::option_option clippy::box_collection clippy::vec_box clippy::redundant_allocation clippy::rc_buffer clippy::owned_cow clippy::borrowed_box
//! Impl trait in params.

#[tracked]
pub fn generic(text: impl AsRef<str>) -> usize {
    text.as_ref().len()
}

#[tracked]
fn plain(text: &str, number: &Option<String>) -> Option<Option<usize>> {
    Some(Some(text.len() + number.iter().count()))
}

#[tracked]
fn fallible(list: Box<Vec<u8>>) -> Result<Vec<Box<u8>>, std::rc::Rc<String>> {
    list.into_iter().map(|number| Ok(Box::new(number))).collect()
}

#[tracked]
fn owned(text: std::borrow::Cow<'static, String>) -> Result<std::rc::Rc<Box<u8>>, String> {
    if text.is_empty() {
        return Err(String::new());
    }
    Ok(std::rc::Rc::new(Box::new(3)))
}

#[tracked]
async fn later(list: &Box<u8>) -> Result<std::collections::LinkedList<u8>, String> {
    Ok(std::future::ready(std::collections::LinkedList::from([**list])).await)
}

fn main() {}
