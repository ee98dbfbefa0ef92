macro_rules! twice {
    ($name:ident, $e:expr) => {
        #[tracked]
        fn $name(_k: u8) -> Result<i32, String> {
            let n = $e * 2;
            if $e * 2 == n && _k == 0 {
                return Ok($e * 2);
            }
            if _k == 1 {
                return Ok(-$e);
            }
            Ok($e * "2".parse::<i32>().map_err(|_| "no")?)
        }
    };
}

twice!(sum, 1 + 2);
twice!(shift, 1 << 2);
twice!(range, (0..3).len() as i32 - 1);
twice!(cast, 3u8 as i32);
twice!(block, { 1 } + 1);
twice!(choice, if true { 1 } else { 2 });
twice!(negative, -1 - 1);

fn main() {
    for k in 0..3 {
        let all = [sum(k), shift(k), range(k), cast(k), block(k), choice(k), negative(k)];
        println!("{:?}", all.map(Result::unwrap));
    }
}
