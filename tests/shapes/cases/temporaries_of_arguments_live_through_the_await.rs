use std::cell::RefCell;
use std::future::ready;

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

async fn length(of: &str, _with: &Loud) -> Result<usize, String> {
    ready(()).await;
    println!("length of {of}");
    Ok(of.len())
}

#[tracked]
async fn waits(cell: &RefCell<String>) -> Result<usize, String> {
    let n = length(cell.borrow().as_str(), &Loud("first")).await?;
    println!("borrowed: {}", cell.try_borrow_mut().is_err());
    let kept = &length(&format!("{n}"), &Loud("second")).await;
    println!("kept {kept:?}");
    match length(&cell.borrow(), &Loud("third")).await {
        Ok(n) => {
            println!("borrowed: {}", cell.try_borrow_mut().is_err());
            Ok(n + kept.as_ref().map_err(String::clone)?)
        }
        error => error,
    }
}

fn main() {
    println!("{:?}", futures::executor::block_on(waits(&RefCell::new("text".to_owned()))));
}
