//! A command-line program with one tracked command: `command FOLDER URL HOW`.

use std::process::ExitCode;

use fleet::How;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("FOLDER URL HOW");
    let (folder, url) = (next(), next());
    let how = How::named(&next()).expect("a way to end");
    if fleet::run(folder.as_ref(), &url, how) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
