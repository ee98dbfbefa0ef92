//! Unreachable pub.

mod inner {
    //! Inside.

    #[tracked]
    pub fn plain() -> u8 {
        3
    }

    #[tracked]
    pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
        text.parse()
    }

    #[tracked]
    pub async fn later() {
        std::future::ready(()).await;
    }

    pub struct Store;

    impl Store {
        #[tracked]
        pub fn get(&self) -> Option<u8> {
            None
        }
    }
}

fn main() {
    println!("{} {:?} {:?}", inner::plain(), inner::fallible("1"), inner::Store.get());
    drop(inner::later());
}
