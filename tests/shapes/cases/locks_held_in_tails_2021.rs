use std::cell::RefCell;
use std::sync::{Arc, Mutex, RwLock};

struct Store {
    items: Mutex<Vec<u8>>,
    names: RefCell<Vec<String>>,
    shared: Arc<RwLock<u8>>,
}

impl Drop for Store {
    fn drop(&mut self) {
        println!("free: {} {}", self.items.try_lock().is_ok(), self.names.try_borrow_mut().is_ok());
    }
}

impl Store {
    #[tracked]
    fn first(&self) -> Result<u8, String> {
        self.items.lock().unwrap().first().copied().ok_or_else(|| self.names.borrow().join(","))
    }
    #[tracked]
    fn swap(&self, n: u8) -> Result<u8, String> {
        let old = *self.shared.read().map_err(|error| error.to_string())?;
        *self.shared.write().unwrap() = n;
        match self.items.lock().unwrap().pop() {
            Some(_) => Ok(old),
            None => self.names.borrow_mut().pop().ok_or_else(String::new).and(Ok(n)),
        }
    }
    #[tracked]
    fn consumed(self) -> Result<usize, String> {
        let names = self.names.borrow().len();
        Ok(self.items.lock().map_err(|error| error.to_string())?.len() + names)
    }
}

fn main() {
    let store = Store { items: vec![1].into(), names: vec!["a".into()].into(), shared: Arc::default() };
    println!("{:?} {:?} {:?} {:?} {:?}", store.first(), store.swap(2), store.first(), store.swap(3), store.swap(4));
    println!("{:?}", store.consumed());
}
