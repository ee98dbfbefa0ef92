//! Missing docs.

#[tracked]
pub fn undocumented() {
    println!("one");
}

#[tracked]
pub fn undocumented_fallible() -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub async fn undocumented_later() {
    std::future::ready(()).await;
}

pub struct Plain;

impl Plain {
    #[tracked]
    pub fn method(&self) -> Option<u8> {
        Some(1)
    }
}

pub trait Named {
    #[tracked]
    fn name(&self) -> &'static str {
        "name"
    }
}

#[tracked]
#[no_mangle]
pub extern "C" fn undocumented_c() {}

fn main() {}
