trait Lending {
    type Item<'a>
    where
        Self: 'a;
    fn next(&mut self) -> Option<Self::Item<'_>>;

    #[tracked]
    fn nth(&mut self, n: usize) -> Result<Self::Item<'_>, usize> {
        for skipped in 0..n {
            self.next().ok_or(skipped)?;
        }
        self.next().ok_or(n)
    }
}

struct Windows(Vec<u8>, usize);

impl Lending for Windows {
    type Item<'a> = &'a mut [u8];

    #[tracked]
    fn next(&mut self) -> Option<Self::Item<'_>> {
        self.1 += 1;
        self.0.get_mut(self.1 - 1..self.1 + 1)
    }
}

#[tracked]
fn output<T: Lending + 'static>(of: &mut T) -> <T as Lending>::Item<'_> {
    of.next().unwrap()
}

#[tracked]
fn through<T, O>(of: T) -> <T as std::ops::Add<O>>::Output
where
    T: std::ops::Add<O> + Copy,
    O: From<u8>,
{
    of + 1.into()
}

fn main() {
    let mut windows = Windows(vec![1, 2, 3, 4], 0);
    output(&mut windows)[0] = 9;
    println!(
        "{:?} {:?} {:?}",
        windows.nth(0).map(|items| items.to_vec()),
        windows.nth(0).map(|items| items.len()),
        windows.nth(3).is_err()
    );
    println!("{:?} {} {}", windows.0, through::<u8, u8>(1), through::<f64, f64>(1.5));
}
