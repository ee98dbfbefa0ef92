use std::future::ready;

#[tracked]
async fn longest<'a>(left: &'a str, right: &'a str) -> Result<&'a str, String> {
    ready(()).await;
    if left.len() == right.len() {
        return Err(format!("{left} = {right}"));
    }
    Ok(if left.len() > right.len() { left } else { right })
}

#[tracked]
async fn push(items: &mut Vec<u8>, item: &u8) -> Result<usize, ()> {
    items.push(ready(*item).await);
    Ok(items.len())
}

struct Store {
    items: Vec<u8>,
}

impl Store {
    #[tracked]
    async fn last(&mut self) -> Option<&mut u8> {
        ready(()).await;
        self.items.last_mut()
    }
}

fn main() {
    futures::executor::block_on(async {
        println!("{:?} {:?}", longest("a", "bc").await, longest("a", "b").await);
        let mut store = Store { items: vec![] };
        println!("{:?} {:?}", push(&mut store.items, &3).await, store.last().await);
    });
}
