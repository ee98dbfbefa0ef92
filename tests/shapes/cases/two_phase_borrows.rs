#[derive(Debug)]
struct List(Vec<usize>);

impl List {
    #[tracked]
    fn add(&mut self, n: usize) -> Result<usize, usize> {
        self.0.push(n);
        if n > 5 { Err(n) } else { Ok(self.0.len()) }
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    #[tracked]
    fn grow(&mut self) -> Result<usize, usize> {
        self.add(self.len())?;
        if self.len() > 3 {
            return self.add(self.len() + 1);
        }
        Ok(self.add(self.len())? + self.len())
    }
}

#[tracked]
async fn later(list: &mut List) -> Result<(), usize> {
    let taken = std::mem::take(&mut list.0);
    list.0 = async { taken }.await;
    Ok(list.0.insert(0, list.0.len()))
}

fn main() {
    let mut list = List(vec![]);
    println!("{:?} {:?} {:?}", list.grow(), list.grow(), list.grow());
    println!("{:?} {list:?}", futures::executor::block_on(later(&mut list)));
}
