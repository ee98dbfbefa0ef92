// says: clippy::similar_names clippy::min_ident_chars clippy::just_underscores_and_digits
//! Similar names.

#[tracked]
pub fn plain(b: u8) -> u8 {
    let checked_args = 1;
    let checked_argz = 2;
    let __1 = 3;
    checked_args + checked_argz + __1 + b
}

#[tracked]
pub fn fallible(x: u8) -> Result<u8, String> {
    let checked_expr = x;
    let checked_exqr = "2".parse::<u8>().map_err(|_| String::new())?;
    Ok(checked_expr + checked_exqr)
}

#[tracked]
pub async fn later(text: &str) -> Result<usize, String> {
    let checked_fooo = std::future::ready(text).await.len();
    let checked_fooz = checked_fooo;
    Ok(checked_fooo + checked_fooz)
}

fn main() {}
