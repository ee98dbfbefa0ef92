//! … nor in one that `add!` names.
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use telemetry_runtime::add;

#[derive(Debug)]
struct Shown;

fn sync(text: &str) {
    add!(a = text.to_owned());
    add!(b = text);
    add!(c = Box::leak(text.to_owned().into_boxed_str()) as &'static str);
    add!(d = Path::new(text));
    add!(e = PathBuf::from(text));
    add!(f = OsString::from(text));
    add!(g = Shown);
    add!(h = text.as_bytes());
    add!(i = text.as_bytes().to_vec());
    add!(j = 'x');
    add!(k = text.chars().collect::<Vec<char>>());
    add!(l = format_args!("{text}"));
    add!(m = std::io::Error::other(text));
    add!(n = Box::<dyn std::error::Error>::from(text));
    add!(o = Box::<str>::from(text));
    add!(p = Cow::Borrowed(text));
    add!(q = Some(text));
    add!(r = vec![text]);
}

fn main() {}
