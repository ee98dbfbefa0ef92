//! What a user typed is in no field that `fields(…)` names.
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use telemetry_runtime::tracked;

#[derive(Debug)]
struct Shown;

#[tracked(fields(
    a = text.to_owned(),
    b = text,
    c = Box::leak(text.to_owned().into_boxed_str()) as &'static str,
    d = Path::new(text),
    e = PathBuf::from(text),
    f = OsString::from(text),
    g = Shown,
    h = text.as_bytes(),
    i = text.as_bytes().to_vec(),
    j = 'x',
    k = text.chars().collect::<Vec<char>>(),
    l = format_args!("{text}"),
    m = std::io::Error::other(text),
    n = Box::<dyn std::error::Error>::from(text),
    o = Box::<str>::from(text),
    p = Cow::Borrowed(text),
    q = Some(text),
    r = vec![text],
))]
fn sync(text: &str) {}

fn main() {}
