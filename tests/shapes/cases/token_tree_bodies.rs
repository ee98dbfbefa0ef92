macro_rules! command {
    ($name:ident $args:tt -> $($rest:tt)*) => {
        command!(@split $name $args [] $($rest)*);
    };
    (@split $name:ident $args:tt [$($ty:tt)*] => $body:tt) => {
        #[tracked]
        fn $name $args -> $($ty)* $body
    };
    (@split $name:ident $args:tt [$($ty:tt)*] $next:tt $($rest:tt)*) => {
        command!(@split $name $args [$($ty)* $next] $($rest)*);
    };
}

command!(parse(text: &str) -> Result<u8, std::num::ParseIntError> => {
    let n: u8 = text.parse()?;
    Ok(n + 1)
});
command!(head(items: &[u8]) -> Option<&u8> => { items.first() });
command!(choose(k: u8) -> Result<Vec<u8>, String> => {
    match k { 0 => Ok(vec![]), 1 => return Err("one".into()), k => { Ok(vec![k; k as usize]) } }
});

fn main() {
    println!("{:?} {:?} {:?} {:?}", parse("1"), parse("x"), head(&[1]), head(&[]));
    println!("{:?} {:?} {:?}", choose(0), choose(1), choose(2));
}
