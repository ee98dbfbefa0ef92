macro_rules! function {
    ($name:ident, $(let $var:ident = $value:expr;)* $tail:block) => {
        #[tracked]
        fn $name(_k: u8) -> Result<u8, String> {
            $(let $var = $value;)*
            $tail
        }
    };
}

macro_rules! method {
    ($self:ident, $name:ident, $body:expr) => {
        #[tracked]
        async fn $name(&$self) -> Result<usize, String> {
            $body
        }
    };
}

function!(none, { Ok(1) });
function!(sum, let a = 1; let b = a + 1; { if a + b > 200 { Err("large".to_owned()) } else { Ok(a + b) } });
function!(early, let n = 3; {
    if n == 3 {
        return Err("three".to_owned());
    }
    Ok(n)
});

struct Text(&'static str);

impl Text {
    method!(self, len, Ok(self.0.len()));
    method!(self, awaited, std::future::ready(self.len().await).await);
    method!(
        self,
        matched,
        match self.awaited().await {
            Ok(n) if n > 2 => Err(self.0.to_owned()),
            other => Ok(other? + 1),
        }
    );
}

fn main() {
    println!("{:?} {:?} {:?}", none(0), sum(0), early(0));
    let both = async { (Text("ab").matched().await, Text("abc").matched().await) };
    println!("{:?}", futures::executor::block_on(both));
}
