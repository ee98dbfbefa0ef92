trait Source {
    type Output;
    fn read(&self, fail: bool) -> Self::Output;
}

struct Fallible;
struct Plain;

impl Source for Fallible {
    type Output = Result<u8, String>;
    #[tracked]
    fn read(&self, fail: bool) -> Self::Output {
        if fail {
            return Err("no".into());
        }
        Ok(1)
    }
}

impl Source for Plain {
    type Output = Vec<u8>;
    #[tracked]
    fn read(&self, fail: bool) -> <Self as Source>::Output {
        if fail { Default::default() } else { vec![1, 2] }
    }
}

fn main() {
    println!("{:?} {:?}", Fallible.read(true), Fallible.read(false));
    println!("{:?} {:?}", Plain.read(true), Plain.read(false));
}
