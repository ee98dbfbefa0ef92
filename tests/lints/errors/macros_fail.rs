//! Macros fail.

#[tracked]
fn plain(number: u8) -> String {
    format!("{} {}", number)
}

#[tracked]
fn fallible(number: u8) -> Result<String, String> {
    if number == 1 {
        return Ok(format!("{unknown:q}", unknown = 3));
    }
    println!("{}", number, 3);
    println!("{0} {2}", 1, 2);
    Ok(format!("{number", number))
}

#[tracked]
async fn later(number: u8) -> Result<String, String> {
    Ok(format!("{} {}", std::future::ready(number).await))
}

#[tracked]
fn not_there(number: u8) -> Result<u8, String> {
    unknown_macro!(number);
    if number == 3 {
        return unknown_macro!(number);
    }
    unknown_macro!(number)
}

#[tracked]
fn at_compile_time(number: u8) -> Result<u8, String> {
    let text = include_str!("no-such-file.txt");
    let home = env!("NO_SUCH_VARIABLE");
    compile_error!("no");
    Ok(concat!("a", number))
}

fn main() {}
