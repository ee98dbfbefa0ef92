//! What a tracked function costs in bytes: of its future, and of its stack frame without optimisation.

use std::future::ready;

/// The same functions twice: in a module `bare`, and in a module `tracked` with the attribute on each.
macro_rules! twins {
    ($($function:item)*) => {
        mod bare {
            use super::*;
            $($function)*
        }
        mod tracked {
            use super::*;
            $(#[telemetry_runtime::tracked] $function)*
        }
    };
}

/// How many words are held while something is awaited. Words, as almost every future has some: one that is made of bytes
/// alone grows by its alignment too.
const HELD: usize = 32;

mod futures {
    use super::{HELD, ready};

    type Alias = Result<u64, String>;

    twins! {
        pub(super) async fn nothing_awaited(held: [u64; HELD]) -> Result<u64, String> {
            Ok(held[0])
        }

        pub(super) async fn one_await(held: [u64; HELD]) -> Result<u64, String> {
            let value = ready(held[0]).await;
            Ok(value + held[1])
        }

        pub(super) async fn await_in_the_tail(held: [u64; HELD]) -> Result<u64, String> {
            ready(Ok(held[0])).await
        }

        pub(super) async fn await_in_the_tail_of_an_alias(held: [u64; HELD]) -> Alias {
            ready(Ok(held[0])).await
        }

        pub(super) async fn await_in_a_return(held: [u64; HELD]) -> Result<u64, String> {
            if held[0] == 0 {
                return ready(Ok(held[1])).await;
            }
            Err("no".to_owned())
        }

        pub(super) async fn no_error(held: [u64; HELD]) -> u64 {
            ready(held[0]).await + held[1]
        }

        pub(super) async fn several_awaits(held: [u64; HELD]) -> Result<u64, String> {
            let first = ready(Ok::<u64, String>(held[0])).await?;
            let second = ready(first).await + ready(held[1]).await;
            if first == second {
                return ready(Ok(held[3])).await;
            }
            match ready(Some(second)).await {
                Some(0) => ready(Err("zero".to_owned())).await,
                Some(n) => Ok(ready(Ok::<u64, String>(n)).await? + held[2]),
                None => Err("none".to_owned()),
            }
        }

        pub(super) async fn level_2(held: [u64; HELD]) -> Result<u64, String> {
            let inner = one_await(held).await?;
            Ok(inner + held[0])
        }

        pub(super) async fn level_3(held: [u64; HELD]) -> Result<u64, String> {
            let inner = level_2(held).await?;
            Ok(inner + held[0])
        }

        pub(super) async fn level_4(held: [u64; HELD]) -> Result<u64, String> {
            let inner = level_3(held).await?;
            Ok(inner + held[0])
        }

        pub(super) async fn tail_level_2(held: [u64; HELD]) -> Result<u64, String> {
            several_awaits(held).await
        }

        pub(super) async fn tail_level_3(held: [u64; HELD]) -> Result<u64, String> {
            tail_level_2(held).await
        }

        pub(super) async fn tail_level_4(held: [u64; HELD]) -> Result<u64, String> {
            tail_level_3(held).await
        }
    }

    /// Name, tracked functions in it, size without and with the attribute.
    pub(super) fn sizes() -> Vec<(&'static str, usize, usize, usize)> {
        macro_rules! sizes {
            ($($name:ident of $levels:literal),*) => {
                vec![$((
                    stringify!($name),
                    $levels,
                    size_of_val(&bare::$name([0; HELD])),
                    size_of_val(&tracked::$name([0; HELD])),
                )),*]
            };
        }
        sizes![
            nothing_awaited of 1,
            one_await of 1,
            await_in_the_tail of 1,
            await_in_the_tail_of_an_alias of 1,
            await_in_a_return of 1,
            no_error of 1,
            several_awaits of 1,
            level_2 of 2,
            level_3 of 3,
            level_4 of 4,
            tail_level_2 of 2,
            tail_level_3 of 3,
            tail_level_4 of 4
        ]
    }
}

#[test]
fn a_future_grows_by_at_most_eight_bytes_a_level() {
    let sizes = futures::sizes();
    let large: Vec<_> = sizes.iter().filter(|(_, levels, bare, tracked)| tracked - bare > 8 * levels).collect();
    assert!(large.is_empty(), "(function, levels, bare, tracked): {large:?} of {sizes:?}");
}

#[cfg(debug_assertions)]
mod frames {
    use std::hint::black_box;

    use telemetry_runtime::testing;

    type Alias = Result<u8, String>;

    /// Where a local of each level of a recursion was.
    type Places = Vec<usize>;

    fn note(places: &mut Places) {
        let local = 0_u8;
        places.push((&raw const local).addr());
    }

    fn check(depth: u8) -> Result<u8, String> {
        if depth > 100 { Err("deep".to_owned()) } else { Ok(depth) }
    }

    twins! {
        pub(super) fn no_error(depth: u8, places: &mut Places) -> u8 {
            note(places);
            if depth == 0 { 0 } else { no_error(depth - 1, places) + 1 }
        }

        pub(super) fn ok_tail(depth: u8, places: &mut Places) -> Result<u8, String> {
            note(places);
            if depth > 0 {
                ok_tail(depth - 1, places)?;
            }
            Ok(depth)
        }

        pub(super) fn call_tail(depth: u8, places: &mut Places) -> Result<u8, String> {
            note(places);
            if depth == 0 {
                return check(depth);
            }
            call_tail(depth - 1, places)
        }

        pub(super) fn question_in_ok(depth: u8, places: &mut Places) -> Result<u8, String> {
            note(places);
            if depth == 0 {
                return Err("the end".to_owned());
            }
            Ok(question_in_ok(depth - 1, places)? + 1)
        }

        pub(super) fn alias(depth: u8, places: &mut Places) -> Alias {
            note(places);
            if depth == 0 { Ok(0) } else { alias(depth - 1, places) }
        }

        pub(super) fn several_exits(depth: u8, places: &mut Places) -> Result<u8, String> {
            note(places);
            let depth = check(depth)?;
            if black_box(depth) == 101 {
                return Ok(depth);
            }
            match depth {
                0 => Ok(0),
                1 => several_exits(0, places).or_else(|_| check(1)),
                2..=9 => Ok(several_exits(depth - 1, places)? + 1),
                _ => Err(format!("{depth}")),
            }
        }
    }

    const DEPTH: u8 = 5;

    /// The stack between one level and the next.
    fn frame<T>(run: impl FnOnce(u8, &mut Places) -> T) -> usize {
        let mut places = Places::new();
        drop(black_box(run(DEPTH, &mut places)));
        assert_eq!(places.len(), usize::from(DEPTH) + 1);
        places[2] - places[3]
    }

    /// Name, values that are looked at or marked, size of the frame without and with the attribute.
    fn frames() -> Vec<(&'static str, usize, usize, usize)> {
        macro_rules! frames {
            ($($name:ident with $values:literal),*) => {
                vec![$((stringify!($name), $values, frame(bare::$name), frame(tracked::$name))),*]
            };
        }
        frames![
            no_error with 0,
            ok_tail with 1,
            call_tail with 2,
            question_in_ok with 1,
            alias with 2,
            several_exits with 4
        ]
    }

    /// Without optimisation each call has a place of its own for each argument: for the value, and for a reference to the guard.
    fn bound(values: usize) -> usize {
        64 + values.saturating_sub(1) * (size_of::<Alias>() + 16)
    }

    #[test]
    fn a_frame_grows_by_at_most_sixty_four_bytes_and_the_further_values() {
        let large = |frames: &[(&'static str, usize, usize, usize)]| {
            let large = frames.iter().filter(|(_, values, bare, tracked)| tracked - bare > bound(*values));
            large.copied().collect::<Vec<_>>()
        };
        let closed = frames();
        let (open, events) = testing::capture(frames);
        assert_eq!(events.len(), 2 * open.len() * (usize::from(DEPTH) + 1), "every call is recorded");
        assert!(large(&closed).is_empty(), "(function, values, bare, tracked): {:?} of {closed:?}", large(&closed));
        assert_eq!(open, closed, "a frame is as large when calls are recorded");
    }
}
