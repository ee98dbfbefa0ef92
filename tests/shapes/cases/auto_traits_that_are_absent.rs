use std::rc::Rc;

/// Says whether a future has a trait: the inherent method is there only if it has.
macro_rules! has {
    ($future:expr, $bound:ident, $name:ident) => {{
        struct Probe<T>(std::marker::PhantomData<T>);
        trait No {
            fn has(&self) -> bool {
                false
            }
        }
        impl<T> No for Probe<T> {}
        impl<T: $bound> Probe<T> {
            fn has(&self) -> bool {
                true
            }
        }
        fn of<T>(_: T) -> Probe<T> {
            Probe(std::marker::PhantomData)
        }
        println!("{} is {}: {}", stringify!($name), stringify!($bound), of($future).has());
    }};
}

#[tracked]
async fn holds_rc(n: Rc<u8>) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(*n)
}

#[tracked]
async fn free(n: u8) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(n)
}

fn main() {
    has!(holds_rc(Rc::new(1)), Send, holds_rc);
    has!(holds_rc(Rc::new(1)), Unpin, holds_rc);
    has!(free(1), Send, free);
    has!(free(1), Sync, free);
    has!(free(1), Unpin, free);
    has!(Box::pin(free(1)), Unpin, boxed);
    println!("{:?}", futures::executor::block_on(async { (holds_rc(Rc::new(2)).await, free(3).await) }));
}
