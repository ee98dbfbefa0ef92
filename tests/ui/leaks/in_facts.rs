//! … nor in a fact.
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use telemetry_runtime::{Telemetry, app, label};

#[derive(Debug)]
struct Shown;

fn sync(text: &str) {
    let _ = Telemetry::builder(app!())
        .fact(label!("a"), &text.to_owned())
        .fact(label!("b"), &text)
        .fact(label!("c"), &Box::leak(text.to_owned().into_boxed_str()) as &'static str)
        .fact(label!("d"), &Path::new(text))
        .fact(label!("e"), &PathBuf::from(text))
        .fact(label!("f"), &OsString::from(text))
        .fact(label!("g"), &Shown)
        .fact(label!("h"), &text.as_bytes())
        .fact(label!("i"), &text.as_bytes().to_vec())
        .fact(label!("j"), &'x')
        .fact(label!("k"), &text.chars().collect::<Vec<char>>())
        .fact(label!("l"), &format_args!("{text}"))
        .fact(label!("m"), &std::io::Error::other(text))
        .fact(label!("n"), &Box::<dyn std::error::Error>::from(text))
        .fact(label!("o"), &Box::<str>::from(text))
        .fact(label!("p"), &Cow::Borrowed(text))
        .fact(label!("q"), &Some(text))
        .fact(label!("r"), &vec![text])
        .start();
}

fn main() {}
