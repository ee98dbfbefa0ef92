// says: unused_variables clippy::needless_return unused_must_use
//! Boxed future.

fn fallible() -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub fn plain(number: u8) -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u8, String>> + Send>> {
    let outside = 3;
    Box::pin(async move {
        let unused = number;
        fallible();
        return fallible();
    })
}

#[tracked]
pub fn opaque(number: u8) -> impl std::future::Future<Output = Result<u8, String>> {
    async move {
        let found = std::future::ready(fallible()).await;
        found
    }
}

fn main() {}
