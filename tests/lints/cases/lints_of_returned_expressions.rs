// says: clippy::unnecessary_lazy_evaluations clippy::map_clone clippy::manual_filter_map clippy::needless_collect clippy::iter_nth_zero clippy::single_char_pattern clippy::into_iter_on_ref clippy::redundant_closure_for_method_calls clippy::neg_multiply clippy::int_plus_one
//! Lints of returned expressions: everything that looks at a method chain or an operator stays, wherever it leaves the function.

#[tracked]
pub fn chains(list: &[u8], number: u8) -> Result<u8, String> {
    if number == 1 {
        return list.iter().nth(0).copied().ok_or_else(String::new);
    }
    if number == 2 {
        return Ok(list.iter().map(|number| *number).max().unwrap_or_else(|| 3));
    }
    if number == 3 {
        return Ok(list.into_iter().filter(|number| **number > 3).map(|number| *number).collect::<Vec<u8>>().len() as u8);
    }
    match number {
        4 => list.iter().nth(0).copied().ok_or_else(String::new),
        5 => Ok(list.iter().map(|number| number.clone()).max().unwrap_or_else(|| 3)),
        6 => list.first().map(|number| number.count_ones() as u8).ok_or_else(|| String::from("none")),
        _ => list.into_iter().nth(0).map(|number| *number).ok_or_else(String::new),
    }
}

#[tracked]
pub fn filters(list: &[u8], number: u8) -> Result<Vec<u8>, String> {
    if number == 1 {
        return Ok(list.iter().filter(|one| one.checked_add(1).is_some()).map(|one| one.checked_add(1).unwrap()).collect());
    }
    if list.iter().collect::<Vec<_>>().len() == 3 {
        return Err(String::new());
    }
    Ok(list.iter().filter(|one| one.checked_add(1).is_some()).map(|one| one.checked_add(1).unwrap()).collect())
}

#[tracked]
pub fn texts(text: &str, number: i32) -> Result<String, String> {
    if number == 1 {
        return Ok(text.replace("a", "b"));
    }
    match text.split("x").next() {
        Some("a") => Ok(text.replace("c", "d")),
        Some(found) => found.split("y").last().map(str::to_owned).ok_or_else(String::new),
        None => Err(text.replace("e", "f")),
    }
}

#[tracked]
pub fn operators(number: i32, other: i32) -> Result<bool, String> {
    if number == 1 {
        return Ok(number % 2 == 0);
    }
    if number == 2 {
        return Ok(number * -1 == other);
    }
    match number {
        3 => Ok(number >= other + 1),
        4 => Ok(other % 2 == 0),
        _ => Ok(number * -1 > 3),
    }
}

#[tracked]
pub fn counts(list: &[u8]) -> Result<usize, String> {
    if list.is_empty() {
        return Ok(list.iter().map(|number| println!("{number}")).count());
    }
    Ok(list.iter().map(|number| println!("{number}")).count())
}

#[tracked]
pub async fn later(list: &[u8], number: u8) -> Result<u8, String> {
    if number == 1 {
        return Ok(std::future::ready(list.iter().nth(0)).await.map(|number| *number).unwrap_or_else(|| 3));
    }
    std::future::ready(list.iter().nth(0).copied()).await.ok_or_else(|| String::from("none"))
}

fn main() {}
