//! Future not send.

async fn step(number: &std::rc::Rc<u8>) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(**number)
}

#[tracked]
pub async fn plain(number: std::rc::Rc<u8>) -> u8 {
    step(&number).await.unwrap_or_default()
}

#[tracked]
pub async fn fallible() -> Result<u8, String> {
    let number = std::rc::Rc::new(1);
    let one = step(&number).await?;
    if one == 1 {
        return step(&number).await;
    }
    Ok(one)
}

#[tracked]
pub async fn generic<T: Clone>(value: T) -> Result<T, String> {
    std::future::ready(()).await;
    Ok(value.clone())
}

#[tracked]
pub async fn sends(number: u8) -> Result<u8, String> {
    std::future::ready(()).await;
    "1".parse::<u8>().map(|one| one + number).map_err(|_| String::new())
}

fn main() {}
