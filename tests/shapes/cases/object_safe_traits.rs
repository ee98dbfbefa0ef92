use std::rc::Rc;

trait Visitor {
    #[tracked]
    fn visit(&mut self, depth: usize) -> Result<usize, String> {
        if depth > 3 {
            return Err(self.name().to_owned());
        }
        Ok(self.visit(depth + 1).unwrap_or(depth))
    }

    fn name(&self) -> &str;

    #[tracked]
    fn boxed(self: Box<Self>) -> Result<Box<dyn Visitor>, ()>
    where
        Self: 'static + Sized,
    {
        Ok(self)
    }

    #[tracked]
    fn shared(self: Rc<Self>, _others: &[Rc<dyn Visitor>]) -> usize {
        Rc::strong_count(&self)
    }
}

struct Simple;

impl Visitor for Simple {
    #[tracked]
    fn name(&self) -> &str {
        "simple"
    }
}

fn main() {
    let mut visitor = Box::new(Simple).boxed().unwrap();
    println!("{:?} {:?} {}", visitor.visit(0), visitor.visit(4), visitor.name());
    let shared: Rc<dyn Visitor> = Rc::new(Simple);
    println!("{}", Rc::clone(&shared).shared(&[shared]));
}
