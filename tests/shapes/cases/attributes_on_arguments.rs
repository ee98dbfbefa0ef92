#[tracked]
fn chosen(
    #[cfg(not(any()))] kept: u8,
    #[cfg(any())] gone: Missing,
    #[allow(unused_variables)] unused: u8,
    #[cfg_attr(all(), allow(unused_mut))] mut changed: u8,
) -> Result<u8, String> {
    #[cfg(any())]
    return Ok(gone);
    #[cfg(not(any()))]
    {
        let _ = &mut changed;
        Ok(kept + changed)
    }
}

struct S;

impl S {
    #[tracked]
    fn method(#[allow(unused)] &self, #[cfg(all())] n: u8) -> u8 {
        n
    }
}

fn main() {
    println!("{:?} {}", chosen(1, 2, 3), S.method(4));
}
