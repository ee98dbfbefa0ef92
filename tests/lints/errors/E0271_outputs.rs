//! E0271 outputs.

#[tracked]
fn plain() -> impl Iterator<Item = u8> {
    ["a"].into_iter()
}

#[tracked]
fn fallible() -> Result<impl Iterator<Item = u8>, String> {
    Ok(["a"].into_iter())
}

#[tracked]
fn future() -> impl std::future::Future<Output = Result<u8, String>> {
    async { 3 }
}

#[tracked]
fn future_ok(number: u8) -> impl std::future::Future<Output = Result<u8, String>> {
    async move { Ok("a") }
}

#[tracked]
fn boxed() -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u8, String>>>> {
    Box::pin(async { Ok("a") })
}

#[tracked]
fn boxed_plain() -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u8, String>>>> {
    Box::pin(async { 3 })
}

#[tracked]
fn boxed_error() -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u8, String>>>> {
    Box::pin(async {
        let number: u8 = "1".parse()?;
        Ok(number)
    })
}

fn main() {}
