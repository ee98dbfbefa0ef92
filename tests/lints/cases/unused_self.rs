//! Unused self.

struct Store;

impl Store {
    #[tracked]
    fn plain(&self) -> u8 {
        number()
    }

    #[tracked]
    fn fallible(&self, text: &str) -> Result<u8, String> {
        text.parse().map_err(|_| String::new())
    }

    #[tracked]
    async fn later(&mut self) -> Result<u8, String> {
        std::future::ready(Ok(1)).await
    }

    #[tracked]
    fn owned(self) {
        println!("{}", number());
    }
}

fn number() -> u8 {
    3
}

fn main() {
    println!("{} {:?}", Store.plain(), Store.fallible("1"));
    drop(Store.later());
    Store.owned();
}
