//! Async yields async.

async fn step() -> Result<u8, String> {
    std::future::ready(Ok(1)).await
}

#[tracked]
pub fn plain() -> impl std::future::Future<Output = impl std::future::Future<Output = Result<u8, String>>> {
    async { step() }
}

#[tracked]
pub async fn inner() -> Result<u8, String> {
    let nested = async {
        println!("nested");
        step()
    };
    nested.await.await
}

#[tracked]
pub fn closure() -> Result<u8, String> {
    let closure = async || step();
    drop(closure());
    Ok(1)
}

fn main() {}
