use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Clone, Debug)]
struct Counter(u32);

impl Counter {
    #[tracked]
    fn by_value(self) -> Result<u32, String> {
        Ok(self.0)
    }
    #[tracked]
    fn by_ref(&self) -> Result<&u32, String> {
        Ok(&self.0)
    }
    #[tracked]
    fn by_mut(&mut self) -> Result<&mut u32, String> {
        self.0 += 1;
        Ok(&mut self.0)
    }
    #[tracked]
    fn by_box(self: Box<Self>) -> Result<Box<Self>, String> {
        Ok(self)
    }
    #[tracked]
    fn by_rc(self: &Rc<Self>) -> Result<usize, String> {
        Ok(Rc::strong_count(self))
    }
    #[tracked]
    fn by_arc(self: Arc<Self>) -> Result<usize, String> {
        Ok(Arc::strong_count(&self))
    }
    #[tracked]
    fn by_pin(mut self: Pin<&mut Self>) -> Result<u32, String> {
        self.as_mut().0 += 10;
        Ok(self.0)
    }
    #[tracked]
    fn mutable(mut self) -> u32 {
        self.0 *= 2;
        self.0
    }
}

fn main() {
    let mut counter = Counter(1);
    *counter.by_mut().unwrap() += 5;
    println!("{:?} {:?} {:?}", counter.by_ref(), counter.clone().by_value(), counter.clone().mutable());
    println!("{:?}", Box::new(counter.clone()).by_box());
    println!("{:?} {:?}", Rc::new(counter.clone()).by_rc(), Arc::new(counter.clone()).by_arc());
    println!("{:?}", Pin::new(&mut counter).by_pin());
}
