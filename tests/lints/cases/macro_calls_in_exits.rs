// says: clippy::print_stdout clippy::useless_format clippy::dbg_macro clippy::unit_arg clippy::vec_init_then_push clippy::uninlined_format_args clippy::panic clippy::to_string_in_format_args
//! Macro calls in exits: many lints ask whether a macro was called by the user.

#[tracked]
pub fn in_ok(number: u8) -> Result<String, String> {
    if number == 1 {
        return Ok(format!("text"));
    }
    if number == 2 {
        return Err(format!("text"));
    }
    match number {
        3 => Ok(format!("{}", number)),
        4 => Err(format!("{}", number.to_string())),
        5 => Ok(dbg!(String::new())),
        6 => return Ok(format!("text")),
        7 => panic!("{}", number),
        _ => Ok(format!("text")),
    }
}

#[tracked]
pub fn units(number: u8) -> Result<(), String> {
    if number == 1 {
        return Ok(println!("text"));
    }
    match number {
        2 => Ok(print!("{}", number)),
        3 => Ok(eprintln!("text")),
        _ => Ok(println!()),
    }
}

#[tracked]
pub fn itself(number: u8) -> Result<u8, String> {
    if number == 1 {
        return dbg!(Ok(number));
    }
    if number == 2 {
        return dbg!("2".parse().map_err(|_| String::new()));
    }
    dbg!("3".parse().map_err(|_| String::new()))
}

#[tracked]
pub fn written(text: &mut String, number: u8) -> std::fmt::Result {
    use std::fmt::Write as _;
    if number == 1 {
        return write!(text, "a\n");
    }
    if number == 2 {
        return writeln!(text, "");
    }
    match number {
        3 => write!(text, "{}", number),
        _ => write!(text, "{}", number.to_string()),
    }
}

#[tracked]
pub fn lists(number: u8) -> Result<Vec<u8>, String> {
    let mut list = Vec::new();
    list.push(number);
    if number == 1 {
        return Ok(vec![]);
    }
    Ok(list)
}

#[tracked]
pub async fn later(number: u8) -> Result<String, String> {
    std::future::ready(println!("{}", number)).await;
    if number == 1 {
        return std::future::ready(Ok(format!("text"))).await;
    }
    Ok(std::future::ready(format!("text")).await)
}

fn main() {}
