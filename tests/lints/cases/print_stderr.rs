// says: clippy::print_stderr clippy::dbg_macro clippy::print_with_newline clippy::println_empty_string
//! Print stderr.

#[tracked]
pub fn warns(name: &str) -> Result<u8, String> {
    eprintln!("hello {name}");
    let length = dbg!(name.len());
    print!("hello\n");
    println!("");
    if length == 3 {
        return Ok(dbg!(3));
    }
    Ok(dbg!(4))
}

#[tracked]
pub async fn warns_later(name: &str) {
    std::future::ready(()).await;
    eprint!("hello {name}");
    dbg!(name);
}

fn main() {}
