macro_rules! tracked_items {
    ($($item:item)*) => {
        $(
            #[tracked]
            $item
        )*
    };
}

tracked_items! {
    fn plain(n: u8) -> u8 { n + 1 }
    /// With a comment.
    #[inline]
    pub fn fallible(n: u8) -> Result<u8, u8> { if n == 0 { Err(n) } else { Ok(n) } }
    async fn later(n: u8) -> Result<u8, u8> { Ok(fallible(n)? + std::future::ready(n).await) }
    unsafe extern "C" fn foreign(n: i32) -> i32 { n }
}

macro_rules! outer {
    ($($name:ident),*) => {
        macro_rules! inner {
            ($value:expr) => {
                $(
                    #[tracked]
                    fn $name() -> Result<u8, u8> { Ok($value + fallible($value * 2)?) }
                )*
            };
        }
    };
}

outer!(first, second);
inner!(1 + 1);

fn main() {
    println!("{} {:?} {:?} {}", plain(1), fallible(0), fallible(1), unsafe { foreign(2) });
    println!("{:?} {:?} {:?}", futures::executor::block_on(later(2)), first(), second());
}
