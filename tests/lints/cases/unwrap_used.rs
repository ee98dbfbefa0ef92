// says: clippy::unwrap_used clippy::expect_used clippy::unwrap_in_result clippy::panic clippy::panic_in_result_fn clippy::todo clippy::unimplemented clippy::unreachable clippy::exit clippy::mem_forget
//! Unwrap used.

#[tracked]
pub fn plain(text: &str) -> u8 {
    match text {
        "a" => panic!("no"),
        "b" => todo!(),
        "c" => unimplemented!(),
        "d" => unreachable!(),
        "e" => std::process::exit(3),
        "f" => text.parse().expect("a number"),
        _ => text.parse().unwrap(),
    }
}

#[tracked]
pub fn fallible(text: String) -> Result<u8, String> {
    match text.as_str() {
        "a" => panic!("no"),
        "b" => todo!(),
        "c" => unimplemented!(),
        "d" => unreachable!(),
        "e" => std::process::exit(3),
        "f" => Ok(text.parse().expect("a number")),
        "g" => return Ok(text.parse().unwrap()),
        "h" => return "a".parse::<u8>().unwrap().try_into().map_err(|_| String::new()),
        "i" => {
            std::mem::forget(text);
            Ok(1)
        }
        _ => Some(Ok(1)).unwrap(),
    }
}

#[tracked]
pub async fn later(text: &str) -> Result<u8, String> {
    match text {
        "a" => panic!("no"),
        "b" => std::process::exit(3),
        "c" => todo!(),
        "f" => Ok(std::future::ready(text.parse()).await.expect("a number")),
        _ => std::future::ready(Some(Ok(1))).await.unwrap(),
    }
}

fn main() {}
