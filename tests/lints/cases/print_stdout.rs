//! Print stdout.

#[tracked]
pub fn greets(name: &str) {
    println!("hello {name}");
}

#[tracked]
pub fn greets_fallible(name: &str) -> Result<(), String> {
    print!("hello ");
    if name.is_empty() {
        println!();
        return Ok(());
    }
    println!("{name}");
    Ok(())
}

#[tracked]
pub async fn greets_later(name: &str) -> std::io::Result<()> {
    std::future::ready(()).await;
    println!("{name}");
    match name {
        "" => Ok(print!("nobody")),
        _ => {
            print!("{name}");
            Ok(())
        }
    }
}

pub struct Host;

impl Host {
    #[tracked]
    pub fn greet(&self) {
        print!("hello");
    }
}

fn main() {}
