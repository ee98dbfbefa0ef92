use std::process::{ExitCode, Termination};

struct Code(u8);

impl Termination for Code {
    #[tracked]
    fn report(self) -> ExitCode {
        println!("report {}", self.0);
        self.0.into()
    }
}

#[tracked]
fn main() -> impl Termination {
    println!("main");
    Code(5)
}
