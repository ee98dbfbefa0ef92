//! Send of futures.

async fn step(number: &std::rc::Rc<u8>) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(**number)
}

#[tracked]
async fn not_send() -> Result<u8, String> {
    let number = std::rc::Rc::new(1);
    step(&number).await
}

#[tracked]
async fn not_send_held() -> Result<u8, String> {
    let number = std::rc::Rc::new(1);
    std::future::ready(()).await;
    Ok(*number)
}

#[tracked]
async fn not_send_guard(lock: &std::sync::Mutex<u8>) -> Result<u8, String> {
    let held = lock.lock().map_err(|_| String::new())?;
    std::future::ready(()).await;
    Ok(*held)
}

#[tracked]
async fn spawns() -> Result<u8, String> {
    tokio::spawn(not_send());
    tokio::spawn(async {
        let number = std::rc::Rc::new(1);
        step(&number).await
    });
    tokio::spawn(not_send_held()).await.map_err(|_| String::new())?
}

#[tracked]
fn boxed() -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u8, String>> + Send>> {
    Box::pin(async {
        let number = std::rc::Rc::new(1);
        step(&number).await
    })
}

#[tracked]
fn opaque() -> impl std::future::Future<Output = Result<u8, String>> + Send {
    async {
        let number = std::rc::Rc::new(1);
        step(&number).await
    }
}

#[tracked]
fn spawns_guard() -> Result<u8, String> {
    static LOCK: std::sync::Mutex<u8> = std::sync::Mutex::new(1);
    tokio::spawn(not_send_guard(&LOCK));
    Ok(1)
}

fn main() {}
