//! Missing docs in private items.

#[tracked]
fn undocumented() {
    println!("one");
}

/// Has docs.
struct Documented;

impl Documented {
    #[tracked]
    fn undocumented(&self) -> Result<u8, String> {
        fn inner() -> u8 {
            1
        }
        "1".parse::<u8>().map_err(|_| String::new()).map(|number| number + inner())
    }

    #[tracked]
    /// Has docs.
    async fn documented(&self) -> Result<u8, String> {
        const NUMBER: u8 = 3;
        std::future::ready(Ok(NUMBER)).await
    }
}

/// Has docs.
fn main() {
    undocumented();
    drop((Documented.undocumented(), Documented.documented()));
}
