// says: clippy::multiple_bound_locations clippy::type_repetition_in_bounds clippy::trait_duplication_in_bounds clippy::implied_bounds_in_impls clippy::needless_maybe_sized
//! Multiple bound locations.

#[tracked]
pub fn plain<T: Clone>(value: &T) -> T
where
    T: Default,
{
    value.clone()
}

#[tracked]
pub fn fallible<T>(value: &T) -> Result<T, String>
where
    T: Clone + Clone,
    T: Default,
{
    Ok(value.clone())
}

#[tracked]
pub fn implied(number: u8) -> Result<impl Copy + Clone, String> {
    if number == 0 { Err(String::new()) } else { Ok(number) }
}

#[tracked]
pub async fn later<T: Clone + ?Sized>(value: &T) -> T {
    std::future::ready(()).await;
    value.clone()
}

fn main() {}
