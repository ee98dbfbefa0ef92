macro_rules! implement {
    ($($ty:ty => $result:ident<$ok:ty>),*) => {
        $(
            impl Convert for $ty {
                type Error = <$ty as std::str::FromStr>::Err;
                #[tracked]
                fn convert(text: &str) -> $result<$ok, Self::Error> {
                    let value: $ok = text.parse()?;
                    Ok(value)
                }
                #[tracked]
                fn made(self) -> Self {
                    let n: $ty = self;
                    n
                }
            }
        )*
    };
}

trait Convert: Sized {
    type Error;
    fn convert(text: &str) -> Result<Self, Self::Error>;
    fn made(self) -> Self;
}

implement!(u8 => Result<u8>, f32 => Result<Self>, bool => Result<bool>);

fn main() {
    println!("{:?} {:?} {:?}", u8::convert("3"), f32::convert("3.5"), bool::convert("maybe"));
    println!("{} {}", 1_u8.made(), 2.5_f32.made());
}
