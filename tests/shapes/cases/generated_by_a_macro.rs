macro_rules! functions {
    ($($(#[$attribute:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),*) -> $output:ty $body:block)*) => {
        $(
            $(#[$attribute])*
            #[tracked]
            $vis fn $name($($arg: $ty),*) -> $output $body
        )*
    };
}

functions! {
    /// Adds.
    #[inline]
    pub fn add(a: u8, b: u8) -> Result<u8, String> {
        a.checked_add(b).ok_or_else(|| format!("{a} + {b}"))
    }
    fn half(n: u8) -> Result<u8, String> {
        if n % 2 == 1 {
            return Err(format!("{n} is odd"));
        }
        let n = add(n, 0)?;
        Ok(n / 2)
    }
    pub(crate) fn nothing() -> () {}
}

fn main() {
    println!("{:?} {:?} {:?} {:?} {:?}", add(1, 2), add(255, 1), half(4), half(3), nothing());
}
