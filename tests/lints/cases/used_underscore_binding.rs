// says: clippy::used_underscore_binding clippy::no_effect_underscore_binding clippy::pub_underscore_fields
//! Used underscore binding.

#[tracked]
pub fn plain(_number: u8) -> u8 {
    let _other = 3;
    _number
}

#[tracked]
pub fn fallible(_number: u8, text: &str) -> Result<u8, String> {
    let _other = 3;
    let _more = text.len() + 3;
    if _number == 3 {
        return Ok(_number);
    }
    Ok(_number + 1)
}

pub struct Store {
    /// A field.
    pub _field: u8,
}

impl Store {
    #[tracked]
    pub async fn later(&self) -> Result<u8, String> {
        let _waited = 3;
        let _number = std::future::ready(1).await;
        Ok(_number)
    }
}

fn main() {}
