use std::os::unix::process::CommandExt;
use std::process::Command;

#[tracked]
fn replace(program: &str) -> Result<(), std::io::Error> {
    println!("becoming {program}");
    Err(Command::new(program).arg("done").exec())
}

fn main() {
    println!("{:?}", replace("/does/not/exist").map_err(|error| error.kind()));
    println!("{:?}", replace("echo"));
}
