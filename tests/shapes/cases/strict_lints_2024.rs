// edition: 2024
#![forbid(unsafe_code, unused_must_use, unused_variables, unused_parens, unused_braces, dead_code, unused_imports)]
#![deny(warnings, rust_2024_compatibility, future_incompatible, let_underscore, keyword_idents, nonstandard_style)]

use std::future::ready;

struct Store(Vec<u8>);

impl Store {
    #[tracked]
    fn get(&self, at: usize) -> Result<&u8, String> {
        let Some(item) = self.0.get(at) else {
            return Err(format!("nothing at {at}"));
        };
        if *item > 100 { Err("large".to_owned()) } else { Ok(item) }
    }

    #[tracked]
    async fn later(&mut self, at: usize) -> Result<u8, String> {
        let item = ready(at).await;
        self.0.push(9);
        self.get(item).copied()
    }
}

fn main() {
    let mut store = Store(vec![1, 101]);
    println!("{:?} {:?} {:?}", store.get(0), store.get(1), store.get(2));
    println!("{:?}", futures::executor::block_on(store.later(2)));
}
