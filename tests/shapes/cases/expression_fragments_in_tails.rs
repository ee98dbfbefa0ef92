macro_rules! returns {
    ($name:ident, $e:expr) => {
        #[tracked]
        fn $name(k: u8) -> Result<u8, String> {
            if k == 0 {
                return $e;
            }
            if k == 1 { $e } else { $e.map(|n: u8| n + 1) }
        }
    };
}

fn fails() -> Result<u8, String> {
    Err("no".into())
}

returns!(plain, Ok(1));
returns!(choice, if "a".len() == 1 { Ok(1) } else { fails() });
returns!(early, Ok(fails()? + 1));
returns!(in_block, {
    let n = 3;
    Ok::<u8, String>(n)
});
returns!(chained, fails().or_else(|e| if e.is_empty() { Err(e) } else { Ok(7) }));
returns!(
    matched,
    match fails() {
        Ok(n) => Ok::<u8, String>(n),
        Err(_) => Ok(9),
    }
);

fn main() {
    for k in 0..3 {
        println!("{:?} {:?} {:?} {:?} {:?} {:?}", plain(k), choice(k), early(k), in_block(k), chained(k), matched(k));
    }
}
