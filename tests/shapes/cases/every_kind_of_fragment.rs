macro_rules! define {
    ($vis:vis $name:ident<$life:lifetime>($pat:pat, $arg:ident: $ty:ty) -> $path:path {
        $lit:literal $stmt:stmt; $($body:tt)*
    } $item:item $block:block $meta:meta) => {
        #[$meta]
        #[tracked]
        $vis fn $name<$life>($pat: ($ty, u8), $arg: &$life $ty) -> $path {
            $item
            $stmt
            if *$arg > $lit {
                return $block;
            }
            $($body)*
        }
    };
}

define! {
    pub(crate) chosen<'a>((left, right), value: u32) -> Result<u32, String> {
        100 let sum = left + right as u32;
        match sum + *value {
            0 => Err("zero".to_owned()),
            n if n > LIMIT => Err(format!("{n}")),
            n => Ok(n),
        }
    }
    const LIMIT: u32 = 50;
    { Ok(1_u32) }
    allow(unused_parens)
}

fn main() {
    println!("{:?} {:?} {:?} {:?}", chosen((1, 2), &3), chosen((0, 0), &0), chosen((0, 0), &101), chosen((40, 9), &9));
}
