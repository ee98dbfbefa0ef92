// says: E0277
//! E0277 await.

fn number() -> u8 {
    3
}

fn fallible_number() -> Result<u8, String> {
    Ok(3)
}

#[tracked]
async fn plain() -> u8 {
    number().await
}

#[tracked]
async fn fallible(flag: bool) -> Result<u8, String> {
    fallible_number().await?;
    if flag {
        return Ok(number().await);
    }
    let found = (number)().await;
    Box::new(3).await;
    if number().await == 3 {
        return fallible_number().await;
    }
    found.await
}

struct Store(u8);

impl Store {
    #[tracked]
    async fn get(&self) -> Result<u8, String> {
        let Self(number) = self;
        self.0.await;
        number.await;
        Ok(self.0.await)
    }
}

fn main() {}
