//! Private interfaces.

pub mod inner {
    //! Inside.

    struct Hidden(u8);
    trait Secret {}
    impl Secret for Hidden {}

    #[tracked]
    pub fn plain(hidden: Hidden) -> Hidden {
        hidden
    }

    #[tracked]
    pub fn fallible(number: u8) -> Result<Hidden, String> {
        if number == 0 {
            return Err(String::new());
        }
        Ok(Hidden(number))
    }

    #[tracked]
    pub async fn later(hidden: &Hidden) -> Result<Hidden, String> {
        std::future::ready(()).await;
        Ok(Hidden(hidden.0))
    }

    #[tracked]
    pub fn bounded<T: Secret>(value: T) -> Option<T> {
        Some(value)
    }

    pub struct Open;

    impl Open {
        #[tracked]
        pub fn method(&self) -> Vec<Hidden> {
            Vec::new()
        }
    }
}

fn main() {}
