//! Functions that return a `Result`: all ways out of all shapes.

#![expect(clippy::needless_question_mark, reason = "`Ok(x?)` is one of the ways")]

use std::future::Future;
use std::panic::catch_unwind;
use std::pin::Pin;

use anyhow::{anyhow, bail, ensure};
use async_trait::async_trait;
use futures::future::BoxFuture;
use telemetry_runtime::{Outcome, tracked};

use crate::{assert_all, block_on, outcome, outcomes, pause};

/// A way out, and whether it is a success where it may be either.
#[derive(Clone, Copy, Debug)]
enum Exit {
    OkTail,
    ErrTail,
    CallTail(bool),
    MappedTail(bool),
    IfLet(bool),
    Guard(bool),
    BreakWithValue(bool),
    LabelledBlock(bool),
    MacroInTail(bool),
    MacroWithStatements(bool),
    Return(bool),
    ReturnCall(bool),
    ReturnMatch(bool),
    ReturnInLoop(bool),
    ReturnInWhile(bool),
    ReturnInArm,
    ReturnInCondition,
    LetElse,
    Question(bool),
    QuestionInOk(bool),
    QuestionInReturn(bool),
    QuestionInLoop,
    Bail,
    Ensure,
    Closure,
    NestedItem,
    NestedFuture,
    Caught,
    Panic,
    PanicInOk,
    PanicInDrop,
    Todo,
}

use Exit::*;

const EXITS: [(Exit, Outcome); 48] = [
    (OkTail, Outcome::Ok),
    (ErrTail, Outcome::Error),
    (CallTail(true), Outcome::Ok),
    (CallTail(false), Outcome::Error),
    (MappedTail(true), Outcome::Ok),
    (MappedTail(false), Outcome::Error),
    (IfLet(true), Outcome::Ok),
    (IfLet(false), Outcome::Error),
    (Guard(true), Outcome::Ok),
    (Guard(false), Outcome::Error),
    (BreakWithValue(true), Outcome::Ok),
    (BreakWithValue(false), Outcome::Error),
    (LabelledBlock(true), Outcome::Ok),
    (LabelledBlock(false), Outcome::Error),
    (MacroInTail(true), Outcome::Ok),
    (MacroInTail(false), Outcome::Error),
    (MacroWithStatements(true), Outcome::Ok),
    (MacroWithStatements(false), Outcome::Error),
    (Return(true), Outcome::Ok),
    (Return(false), Outcome::Error),
    (ReturnCall(true), Outcome::Ok),
    (ReturnCall(false), Outcome::Error),
    (ReturnMatch(true), Outcome::Ok),
    (ReturnMatch(false), Outcome::Error),
    (ReturnInLoop(true), Outcome::Ok),
    (ReturnInLoop(false), Outcome::Error),
    (ReturnInWhile(true), Outcome::Ok),
    (ReturnInWhile(false), Outcome::Error),
    (ReturnInArm, Outcome::Ok),
    (ReturnInCondition, Outcome::Ok),
    (LetElse, Outcome::Ok),
    (Question(true), Outcome::Ok),
    (Question(false), Outcome::Error),
    (QuestionInOk(true), Outcome::Ok),
    (QuestionInOk(false), Outcome::Error),
    (QuestionInReturn(true), Outcome::Ok),
    (QuestionInReturn(false), Outcome::Error),
    (QuestionInLoop, Outcome::Error),
    (Bail, Outcome::Error),
    (Ensure, Outcome::Error),
    (Closure, Outcome::Ok),
    (NestedItem, Outcome::Error),
    (NestedFuture, Outcome::Ok),
    (Caught, Outcome::Ok),
    (Panic, Outcome::Panicked),
    (PanicInOk, Outcome::Panicked),
    (PanicInDrop, Outcome::Panicked),
    (Todo, Outcome::Panicked),
];

fn attempt<T>(succeeds: bool, value: T) -> anyhow::Result<T> {
    if succeeds { Ok(value) } else { Err(anyhow!("it did not")) }
}

/// Panics when it is dropped, if told to.
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0, "on the way out");
    }
}

macro_rules! same {
    ($($same:tt)*) => { $($same)* };
}

/// A tracked function with all the exits, where `exit` says which to take, `value` what to return, and `wait` what to do
/// before (nothing, or an `.await`). The body is the function's (`plain`), or that of the future which the function ends
/// with (`boxed`, `anonymous`).
macro_rules! with_all_exits {
    ($form:ident, $exit:ident, $value:expr, { $($wait:tt)* }, $($head:tt)*) => {
        with_all_exits! { @$form { $($head)* } {
            let _bomb = Bomb(matches!($exit, PanicInDrop));
            $($wait)*
            let Some(_) = (!matches!($exit, LetElse)).then_some(()) else { return Ok($value) };
            let number: u8 = match $exit {
                ReturnInArm => return Ok($value),
                _ => 3,
            };
            if let Return(succeeds) = $exit {
                if succeeds {
                    return Ok($value);
                }
                return Err(anyhow!("{number}"));
            }
            for round in 0..number {
                if let ReturnInLoop(succeeds) = $exit && round == 1 {
                    return attempt(succeeds, $value);
                }
                if let QuestionInLoop = $exit {
                    attempt(round == 0, ())?;
                }
            }
            let mut left = number;
            while left > 0 {
                left -= 1;
                if let ReturnInWhile(succeeds) = $exit && left == 1 {
                    return if succeeds { Ok($value) } else { Err(anyhow!("{left}")) };
                }
            }
            if number == if matches!($exit, ReturnInCondition) { return Ok($value) } else { left } {
                bail!("they are not equal");
            }
            if let Question(succeeds) = $exit {
                attempt(succeeds, ())?;
            }
            ensure!(!matches!($exit, Ensure), "not ensured");
            match $exit {
                ErrTail => Err(anyhow!("{number}")),
                CallTail(succeeds) => attempt(succeeds, $value),
                MappedTail(succeeds) => attempt(succeeds, ()).map(|()| $value),
                ReturnCall(succeeds) => return attempt(succeeds, $value),
                ReturnMatch(succeeds) => {
                    return match succeeds {
                        true => Ok($value),
                        false => Err(anyhow!("{number}")),
                    };
                }
                QuestionInOk(succeeds) => Ok(attempt(succeeds, $value)?),
                QuestionInReturn(succeeds) => return Ok(attempt(succeeds, $value)?),
                Bail => bail!("{number}"),
                IfLet(succeeds) => {
                    if let Err(error) = attempt(succeeds, ()) {
                        Err(error)
                    } else if number == 3 {
                        attempt(succeeds, $value)
                    } else {
                        bail!("{number}")
                    }
                }
                Guard(succeeds) if attempt(succeeds, ()).is_err() => attempt(succeeds, $value),
                Guard(_) => Ok($value),
                BreakWithValue(succeeds) => loop {
                    if number == 3 {
                        break attempt(succeeds, $value);
                    }
                },
                LabelledBlock(succeeds) => 'block: {
                    if succeeds {
                        break 'block Ok($value);
                    }
                    Err(anyhow!("{number}"))
                }
                MacroInTail(succeeds) => same!(attempt(succeeds, $value)),
                MacroWithStatements(succeeds) => {
                    same! {
                        let succeeds = attempt(succeeds, succeeds)?;
                        attempt(succeeds, $value)
                    }
                }
                Closure => {
                    let fails = || -> anyhow::Result<()> { return Err(anyhow!("only in here")) };
                    if fails().is_err() { Ok($value) } else { bail!("{number}") }
                }
                NestedItem => {
                    fn succeeds() -> anyhow::Result<()> {
                        return Ok(());
                    }
                    succeeds().and_then(|()| Err(anyhow!("{number}")))
                }
                NestedFuture => {
                    let fails = async { return attempt(false, ()) };
                    if block_on(fails).is_err() { Ok($value) } else { bail!("{number}") }
                }
                Caught => {
                    let caught = catch_unwind(|| attempt(false, ()).unwrap());
                    if caught.is_err() { Ok($value) } else { bail!("{number}") }
                }
                Panic => panic!("{number}"),
                PanicInOk => Ok({
                    assert_eq!(number, 4);
                    $value
                }),
                Todo => todo!("{number}"),
                _ => Ok($value),
            }
        } }
    };
    (@plain { $($head:tt)* } { $($body:tt)* }) => {
        #[tracked]
        $($head)* { $($body)* }
    };
    (@boxed { $($head:tt)* } { $($body:tt)* }) => {
        #[tracked]
        $($head)* {
            Box::pin(async move { $($body)* })
        }
    };
    (@anonymous { $($head:tt)* } { $($body:tt)* }) => {
        #[tracked]
        #[allow(clippy::manual_async_fn, reason = "it is the future in it that is tracked")]
        $($head)* {
            async move { $($body)* }
        }
    };
}

type AnyhowResult<T> = anyhow::Result<T>;
type Answer<T> = anyhow::Result<T>;
type Bytes = Box<dyn Iterator<Item = u8>>;

with_all_exits! { plain, exit, 1, {}, fn function(exit: Exit) -> anyhow::Result<u8> }
with_all_exits! { plain, exit, (), {}, fn unit(exit: Exit) -> Result<(), anyhow::Error> }
with_all_exits! { plain, exit, 1, {}, fn renamed(exit: Exit) -> AnyhowResult<u8> }
with_all_exits! { plain, exit, 1, {}, fn alias(exit: Exit) -> Answer<u8> }
with_all_exits! { plain, exit, Err(1), {}, fn nested(exit: Exit) -> anyhow::Result<Result<(), u8>> }
with_all_exits! {
    plain, exit, value.clone(), {},
    fn generic<T: Clone, const N: usize>(exit: Exit, value: &[T; N]) -> Answer<[T; N]>
}
with_all_exits! {
    plain, exit, text, {},
    fn borrowed<'a>(exit: Exit, text: &'a str) -> anyhow::Result<&'a str>
}
with_all_exits! {
    plain, exit, [1_u8].into_iter(), {},
    fn opaque(exit: Exit) -> anyhow::Result<impl Iterator<Item = u8>>
}
with_all_exits! {
    plain, exit, Box::new([1_u8].into_iter()) as Bytes, {},
    fn dynamic(exit: Exit) -> anyhow::Result<Bytes>
}
with_all_exits! {
    plain, exit, 1, { pause().await; },
    async fn asynchronous(exit: Exit) -> anyhow::Result<u8>
}
with_all_exits! {
    plain, exit, value.clone(), { pause().await; },
    async fn generic_async<T: Clone>(exit: Exit, value: &T) -> Answer<T>
}
with_all_exits! {
    boxed, exit, 1, { pause().await; },
    fn boxed(exit: Exit) -> Pin<Box<dyn Future<Output = anyhow::Result<u8>>>>
}
with_all_exits! {
    boxed, exit, text, { pause().await; },
    fn boxed_alias<'a>(exit: Exit, text: &'a str) -> BoxFuture<'a, Answer<&'a str>>
}
with_all_exits! {
    anonymous, exit, 1, { pause().await; },
    fn future(exit: Exit) -> impl Future<Output = anyhow::Result<u8>>
}
with_all_exits! {
    anonymous, exit, text, {},
    fn borrowed_future(exit: Exit, text: &str) -> impl Future<Output = Answer<&str>> + Send
}

struct Shop(u8);

impl Shop {
    with_all_exits! { plain, exit, self.0, {}, fn method(&self, exit: Exit) -> anyhow::Result<u8> }
    with_all_exits! {
        plain, exit, &mut self.0, {},
        fn exclusive(&mut self, exit: Exit) -> anyhow::Result<&mut u8>
    }
    with_all_exits! {
        plain, exit, Self(self.0), {},
        #[allow(clippy::boxed_local, reason = "a receiver of its own")]
        fn consuming(self: Box<Self>, exit: Exit) -> anyhow::Result<Self>
    }
    with_all_exits! {
        plain, exit, self.0, { pause().await; },
        async fn async_method(&self, exit: Exit) -> Answer<u8>
    }
}

trait Sells {
    fn price(&self, exit: Exit) -> anyhow::Result<u8>;
    async fn sell(&self, exit: Exit) -> anyhow::Result<u8>;

    with_all_exits! { plain, exit, 1, {}, fn default_method(&self, exit: Exit) -> anyhow::Result<u8> }
}

impl Sells for Shop {
    with_all_exits! { plain, exit, 1, {}, fn price(&self, exit: Exit) -> anyhow::Result<u8> }
    with_all_exits! {
        plain, exit, 1, { pause().await; },
        async fn sell(&self, exit: Exit) -> anyhow::Result<u8>
    }
}

// Macros in an `#[async_trait]` are expanded after it, so these are written in full.
#[async_trait]
trait Ships: Sync {
    async fn ship(&self, exit: Exit) -> anyhow::Result<u8>;

    #[tracked]
    async fn ship_again(&self, exit: Exit) -> Answer<u8> {
        let shipped = self.ship(exit).await?;
        if let Return(_) = exit {
            return Ok(shipped);
        }
        Ok(shipped + 1)
    }
}

#[async_trait]
impl Ships for Shop {
    #[tracked]
    async fn ship(&self, exit: Exit) -> anyhow::Result<u8> {
        pause().await;
        if let Return(succeeds) = exit {
            if succeeds {
                return Ok(self.0);
            }
            return Err(anyhow!("no"));
        }
        if let Question(succeeds) = exit {
            attempt(succeeds, ())?;
        }
        match exit {
            ErrTail => Err(anyhow!("no")),
            CallTail(succeeds) => attempt(succeeds, self.0),
            ReturnCall(succeeds) => return attempt(succeeds, self.0),
            QuestionInOk(succeeds) => Ok(attempt(succeeds, self.0)?),
            Bail => bail!("no"),
            Panic => panic!("no"),
            _ => Ok(self.0),
        }
    }
}

/// One row a shape: what each exit is found to be.
fn rows(exit: Exit) -> Vec<(&'static str, Outcome)> {
    let mut shop = Shop(1);
    vec![
        ("function", outcome(|| function(exit))),
        ("unit", outcome(|| unit(exit))),
        ("another name that ends in Result", outcome(|| renamed(exit))),
        ("alias", outcome(|| alias(exit))),
        ("nested", outcome(|| nested(exit))),
        ("generic", outcome(|| generic(exit, &["a"]))),
        ("borrowed", outcome(|| borrowed(exit, "a").map(str::len))),
        ("impl Trait", outcome(|| opaque(exit).map(Iterator::count))),
        ("dyn Trait", outcome(|| dynamic(exit).map(Iterator::count))),
        ("async", outcome(|| block_on(asynchronous(exit)))),
        ("generic async", outcome(|| block_on(generic_async(exit, &"a")))),
        ("boxed future", outcome(|| block_on(boxed(exit)))),
        ("BoxFuture", outcome(|| block_on(boxed_alias(exit, "a")))),
        ("impl Future", outcome(|| block_on(future(exit)))),
        ("impl Future that borrows", outcome(|| block_on(borrowed_future(exit, "a")))),
        ("method", outcome(|| shop.method(exit))),
        ("&mut self", outcome(|| shop.exclusive(exit).copied())),
        ("self: Box<Self>", outcome(|| Box::new(Shop(1)).consuming(exit))),
        ("async method", outcome(|| block_on(shop.async_method(exit)))),
        ("default method", outcome(|| shop.default_method(exit))),
        ("trait method", outcome(|| shop.price(exit))),
        ("async trait method", outcome(|| block_on(shop.sell(exit)))),
    ]
}

#[test]
fn every_exit_of_every_shape() {
    assert_all(EXITS.into_iter().flat_map(|(exit, expected)| {
        rows(exit).into_iter().map(move |(shape, found)| ((shape, exit), expected, found))
    }));
}

#[test]
fn every_exit_of_methods_with_async_trait() {
    const TAKEN: fn(&Exit) -> bool = |exit| {
        matches!(
            exit,
            OkTail | ErrTail | CallTail(_) | Return(_) | ReturnCall(_) | Question(_) | QuestionInOk(_) | Bail | Panic
        )
    };
    let shop: &dyn Ships = &Shop(1);
    let exits = EXITS.into_iter().filter(|(exit, _)| TAKEN(exit));
    assert_all(exits.flat_map(|(exit, expected)| {
        let both = outcomes(|| block_on(shop.ship_again(exit)));
        assert_eq!(both.len(), 2, "one within the other: {exit:?}");
        [(("within", exit), expected, both[0]), (("around", exit), expected, both[1])]
    }));
}

/// Exits that cannot be seen: what is written down about them.
mod hidden {
    use super::{Outcome, assert_all, outcome, tracked};

    macro_rules! give {
        ($value:expr) => {
            return $value
        };
    }

    macro_rules! give_if {
        ($condition:expr, $value:expr) => {
            if $condition {
                return $value;
            }
        };
    }

    #[tracked]
    fn hidden(exit: u8) -> Result<u8, String> {
        give_if!(exit == 0, Err("zero".to_owned()));
        give_if!(exit == 1, Ok(1));
        if exit == 2 {
            give!(Ok(2));
        }
        Ok(exit)
    }

    #[tracked]
    fn carries_no_error(exit: u8) -> Option<u8> {
        give_if!(exit == 0, None);
        Some(exit)
    }

    /// A success that a macro returns looks like a failure that it returns. The latter is what macros are for.
    #[test]
    fn a_return_in_an_unknown_macro_is_an_error() {
        assert_all([
            ("Err", Outcome::Error, outcome(|| hidden(0))),
            ("Ok in a statement", Outcome::Error, outcome(|| hidden(1))),
            ("Ok in an expression", Outcome::Error, outcome(|| hidden(2))),
            ("no macro", Outcome::Ok, outcome(|| hidden(3))),
            ("no Result", Outcome::Ok, outcome(|| carries_no_error(0))),
        ]);
    }
}

/// Exits that are spelled in a way of their own, each of which is marked in another way.
#[expect(clippy::needless_return, reason = "a `return` at the end is one of the ways")]
mod spelled {
    use super::{Outcome, assert_all, outcome, tracked};

    #[tracked]
    fn in_ok(exit: u8) -> Result<String, Box<dyn std::error::Error>> {
        match exit {
            0 => Ok(format!("{exit}")),
            1 => return Ok(format!("{}", "x".parse::<u8>()?)),
            2 => Ok(String::from_utf8(vec![b'a'])?),
            3 => return Ok(String::from_utf8(vec![0xFF])?),
            4 => Err("four")?,
            5 => Ok(Err("five")?),
            6 => return Err("six")?,
            #[expect(unused_parens, clippy::double_parens, reason = "the parentheses are the case")]
            7 => Ok((String::new())),
            _ => std::panic::panic_any(exit),
        }
    }

    #[tracked]
    fn of_unit(exit: u8) -> Result<(), u8> {
        if exit == 0 {
            return Ok(());
        }
        match exit {
            1 => return Ok(()),
            2 => Ok(()),
            3 => {
                return Ok(());
            }
            4 => Err(exit),
            _ => std::panic::resume_unwind(Box::new(exit)),
        }
    }

    #[tracked]
    #[expect(clippy::let_and_return, reason = "this is the case")]
    fn by_its_name(exit: u8) -> Result<u8, u8> {
        let result = match exit {
            0 => Ok(exit),
            1 => Err(exit),
            _ => exit.checked_add(250).ok_or(exit),
        };
        result
    }

    #[tracked]
    #[expect(clippy::needless_match, reason = "this is the case")]
    fn unchanged(result: Result<u8, u8>) -> Result<u8, u8> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => Err(error),
        }
    }

    #[tracked]
    fn closure(exit: u8) -> Result<impl Fn() -> u8, u8> {
        if exit == 0 { Err(exit) } else { Ok(move || exit) }
    }

    #[test]
    fn each_is_what_it_says() {
        use Outcome::{Error, Ok as Success, Panicked};

        let in_ok_expected = [Success, Error, Success, Error, Error, Error, Error, Success, Panicked];
        assert_all((0..).zip(in_ok_expected).map(|(exit, expected)| (exit, expected, outcome(|| in_ok(exit)))));
        let of_unit_expected = [Success, Success, Success, Success, Error, Panicked];
        assert_all((0..).zip(of_unit_expected).map(|(exit, expected)| (exit, expected, outcome(|| of_unit(exit)))));
        let by_its_name_expected = [Success, Error, Success];
        assert_all(
            (0..).zip(by_its_name_expected).map(|(exit, expected)| (exit, expected, outcome(|| by_its_name(exit)))),
        );
        assert_all([
            ("a large sum", Error, outcome(|| by_its_name(9))),
            ("Ok, unchanged", Success, outcome(|| unchanged(Ok(1)))),
            ("Err, unchanged", Error, outcome(|| unchanged(Err(1)))),
            ("no closure", Error, outcome(|| closure(0).is_ok())),
            ("a closure", Success, outcome(|| closure(1).is_ok())),
        ]);
    }
}
