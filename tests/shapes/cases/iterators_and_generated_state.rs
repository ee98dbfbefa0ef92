use std::iter::{from_fn, once, successors};

struct Countdown(u8);

impl Iterator for Countdown {
    type Item = Result<u8, String>;

    #[tracked]
    fn next(&mut self) -> Option<Result<u8, String>> {
        self.0 = self.0.checked_sub(1)?;
        Some(if self.0 == 1 { Err("one".to_owned()) } else { Ok(self.0) })
    }

    #[tracked]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.into(), Some(self.0.into()))
    }
}

impl Extend<u8> for Countdown {
    #[tracked]
    fn extend<I: IntoIterator<Item = u8>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.0 += item)
    }
}

#[tracked]
fn fibonacci(below: u32) -> impl Iterator<Item = u32> + Clone {
    successors(Some((0, 1)), |&(a, b)| Some((b, a + b))).map(|(a, _)| a).take_while(move |n| *n < below)
}

#[tracked]
fn chosen(k: u8) -> Result<Box<dyn Iterator<Item = u8>>, ()> {
    let mut n = k;
    match k {
        0 => Err(()),
        1 => Ok(Box::new(once(1).chain(from_fn(move || {
            (n < 3).then(|| {
                n += 1;
                n
            })
        })))),
        _ => Ok(Box::new((0..k).rev().step_by("2".parse().map_err(drop)?))),
    }
}

fn main() {
    let mut countdown = Countdown(3);
    countdown.extend([1]);
    println!("{:?} {:?}", countdown.size_hint(), countdown.collect::<Vec<_>>());
    println!("{:?} {:?}", fibonacci(20).collect::<Vec<_>>(), fibonacci(20).clone().count());
    println!("{:?} {:?}", chosen(1).unwrap().collect::<Vec<_>>(), chosen(6).unwrap().collect::<Vec<_>>());
}
