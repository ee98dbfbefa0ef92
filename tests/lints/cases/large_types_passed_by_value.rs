//! Large types passed by value.

#[derive(Clone, Copy)]
struct Large([u8; 4096]);

#[tracked]
fn plain(large: Large) -> u8 {
    large.0[3]
}

#[tracked]
fn fallible(large: Large) -> Result<u8, String> {
    large.0.first().copied().ok_or_else(String::new)
}

fn main() {
    drop((plain(Large([1; 4096])), fallible(Large([1; 4096]))));
}
