//! Await holding refcell ref.

#[tracked]
pub async fn plain(cell: &std::cell::RefCell<u8>) -> u8 {
    let held = cell.borrow();
    std::future::ready(()).await;
    *held
}

#[tracked]
pub async fn fallible(cell: &std::cell::RefCell<u8>) -> Result<u8, String> {
    let mut held = cell.borrow_mut();
    *held = std::future::ready(Ok::<u8, String>(1)).await?;
    Ok(*held)
}

fn main() {}
