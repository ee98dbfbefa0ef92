//! … nor in one that `record!` names.
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use telemetry_runtime::record;

#[derive(Debug)]
struct Shown;

fn sync(text: &str) {
    record!(a = text.to_owned());
    record!(b = text);
    record!(c = Box::leak(text.to_owned().into_boxed_str()) as &'static str);
    record!(d = Path::new(text));
    record!(e = PathBuf::from(text));
    record!(f = OsString::from(text));
    record!(g = Shown);
    record!(h = text.as_bytes());
    record!(i = text.as_bytes().to_vec());
    record!(j = 'x');
    record!(k = text.chars().collect::<Vec<char>>());
    record!(l = format_args!("{text}"));
    record!(m = std::io::Error::other(text));
    record!(n = Box::<dyn std::error::Error>::from(text));
    record!(o = Box::<str>::from(text));
    record!(p = Cow::Borrowed(text));
    record!(q = Some(text));
    record!(r = vec![text]);
}

fn main() {}
