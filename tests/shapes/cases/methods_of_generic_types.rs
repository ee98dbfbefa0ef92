use std::fmt::Debug;
use std::marker::PhantomData;

#[derive(Debug)]
struct Stack<T, const N: usize> {
    items: [Option<T>; N],
    length: usize,
}

impl<T: Debug + Copy, const N: usize> Stack<T, N> {
    const EMPTY: Option<T> = None;

    #[tracked]
    fn new() -> Self {
        Self { items: [Self::EMPTY; N], length: 0 }
    }
    #[tracked]
    fn push(&mut self, item: T) -> Result<&mut Self, T> {
        *self.items.get_mut(self.length).ok_or(item)? = Some(item);
        self.length += 1;
        Ok(self)
    }
    #[tracked]
    fn map<U>(self, mut f: impl FnMut(T) -> U) -> Result<Stack<U, N>, PhantomData<U>> {
        if self.length == 0 {
            return Err(PhantomData);
        }
        Ok(Stack { items: self.items.map(|item| item.map(&mut f)), length: self.length })
    }
}

impl<T> Stack<T, 1> {
    #[tracked]
    pub(self) fn only(self) -> Result<T, Self> {
        match self {
            Self { items: [Some(item)], .. } => Ok(item),
            other => Err(other),
        }
    }
}

fn main() {
    let mut stack = Stack::<_, 2>::new();
    println!("{:?}", stack.push(1).and_then(|stack| stack.push(2)).and_then(|stack| stack.push(3)).err());
    println!("{:?} {:?}", stack.map(|n| n * 2), Stack::<u8, 0>::new().map(|n| n).is_err());
    println!("{:?} {:?}", Stack { items: [Some('a')], length: 1 }.only(), Stack::<u8, 1>::new().only());
}
