// says: clippy::same_name_method clippy::multiple_inherent_impl clippy::missing_trait_methods
//! Same name method.

pub trait Named {
    #[tracked]
    fn name(&self) -> Result<u8, String> {
        "1".parse().map_err(|_| String::new())
    }

    #[tracked]
    fn other(&self) -> Option<u8> {
        None
    }
}

pub struct Store;

impl Named for Store {
    #[tracked]
    fn name(&self) -> Result<u8, String> {
        Ok(1)
    }
}

impl Store {
    #[tracked]
    pub fn name(&self) -> u8 {
        3
    }
}

impl Store {
    #[tracked]
    pub async fn later(&self) {
        std::future::ready(()).await;
    }
}

fn main() {}
