#[tracked]
fn outer(n: u8) -> Result<u8, String> {
    #[tracked]
    fn inner(n: u8) -> Result<u8, String> {
        #[tracked]
        fn innermost(n: u8) -> Option<u8> {
            n.checked_sub(5)
        }
        innermost(n).ok_or_else(|| "small".to_owned())
    }

    struct Local(u8);

    impl Local {
        #[tracked]
        fn get(&self) -> Result<u8, String> {
            Ok(self.0)
        }
    }

    let closure = || {
        #[tracked]
        fn in_closure() -> Result<u8, String> {
            return Ok(1);
        }
        in_closure()
    };
    if n == 7 {
        return inner(n);
    }
    Ok(inner(n)? + Local(3).get()? + closure()?)
}

fn main() {
    println!("{:?} {:?} {:?}", outer(7), outer(10), outer(1));
}
