//! Redundant lifetimes.

#[tracked]
pub fn plain<'a>(text: &'a str) -> &'a str
where
    'a: 'static,
{
    text
}

#[tracked]
pub fn fallible<'a, 'b: 'a>(one: &'a str, two: &'b str) -> Result<&'b str, &'a str>
where
    'a: 'b,
{
    if one.is_empty() { Err(one) } else { Ok(two) }
}

fn main() {}
