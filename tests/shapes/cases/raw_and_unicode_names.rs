#[tracked]
fn r#type(r#fn: u8, r#match: u8) -> Result<u8, String> {
    let r#loop = r#fn.checked_sub(r#match).ok_or("negative")?;
    Ok(r#loop)
}

#[tracked]
fn größe(straße: &str) -> Result<usize, String> {
    let 長さ = straße.chars().count();
    if 長さ == 0 { Err("leer".to_owned()) } else { Ok(長さ) }
}

#[tracked]
fn _leading() -> u8 {
    r#try()
}

#[tracked]
fn r#try() -> u8 {
    'é: loop {
        break 'é 9;
    }
}

struct Ключ;

impl Ключ {
    #[tracked]
    async fn r#await(&self, r#async: u8) -> Result<u8, ()> {
        Ok(std::future::ready(r#async).await)
    }
}

fn main() {
    println!("{:?} {:?} {:?} {}", r#type(3, 1), r#type(1, 3), größe("straße"), _leading());
    println!("{:?}", futures::executor::block_on(Ключ.r#await(4)));
}
