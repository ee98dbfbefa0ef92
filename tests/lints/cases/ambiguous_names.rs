// says: clippy::module_name_repetitions clippy::unused_trait_names clippy::enum_glob_use
//! Ambiguous names.

pub mod store {
    //! Inside.

    #[tracked]
    pub fn store_open(number: u8) -> Result<u8, String> {
        use std::fmt::Write;
        let mut text = String::new();
        write!(text, "{number}").map_err(|_| String::new())?;
        Ok(text.len() as u8)
    }

    pub enum Kind {
        KindOne,
        KindTwo,
        KindThree,
    }

    #[tracked]
    pub async fn store_close(kind: Kind) -> u8 {
        use Kind::*;
        match std::future::ready(kind).await {
            KindOne => 1,
            KindTwo => 2,
            KindThree => 3,
        }
    }
}

fn main() {}
