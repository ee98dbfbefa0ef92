trait Sum {
    type Total;
    fn total(self) -> Result<Self::Total, String>;
}

impl Sum for &[u8] {
    type Total = u8;
    #[tracked]
    fn total(self) -> Result<u8, String> {
        self.iter().try_fold(0_u8, |sum, n| sum.checked_add(*n)).ok_or_else(|| format!("{self:?}"))
    }
}

impl<T: Sum, U: Sum> Sum for (T, U) {
    type Total = (T::Total, U::Total);
    #[tracked]
    fn total(self) -> Result<Self::Total, String> {
        Ok((self.0.total()?, self.1.total()?))
    }
}

impl<F: FnOnce() -> u8, const N: usize> Sum for [F; N] {
    type Total = usize;
    #[tracked]
    fn total(self) -> Result<<Self as Sum>::Total, String> {
        let sum = self.into_iter().map(|f| usize::from(f())).sum();
        if sum == 0 { Err("zero".to_owned()) } else { Ok(sum) }
    }
}

trait Named {
    fn name(&self) -> &str;
}

impl dyn Named + '_ {
    #[tracked]
    fn first(&self) -> Result<char, &str> {
        self.name().chars().next().ok_or(self.name())
    }
}

impl Named for str {
    #[tracked]
    fn name(&self) -> &str {
        self
    }
}

impl<T: Named + ?Sized> Named for &T {
    #[tracked]
    fn name(&self) -> &str {
        (**self).name()
    }
}

fn main() {
    println!("{:?} {:?}", (&[1, 2][..], [|| 3]).total(), (&[200, 100][..], [|| 0]).total());
    let (abc, empty): (&dyn Named, &dyn Named) = (&"abc", &"");
    println!("{:?} {:?}", abc.first(), empty.first());
}
