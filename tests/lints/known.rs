//! The differences that Rust leaves no way round. One that is gone fails the test, so that this table says what is true.

/// What the attribute does to a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// It is no longer said.
    Hidden,
    /// It is said, and was not.
    Added,
    /// It is said elsewhere.
    Moved,
}

/// A difference that is written down.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) change: Change,
    /// The lint, or the code of the error.
    pub(crate) code: &'static str,
    /// The one case in which it may differ; without one, in any.
    pub(crate) case: Option<&'static str>,
    #[expect(dead_code, reason = "for who reads the table")]
    pub(crate) reason: &'static str,
}

pub(crate) const KNOWN: &[Known] = &[
    Known {
        change: Change::Hidden,
        code: "clippy::collapsible_match",
        case: Some("collapsible_if"),
        reason: "two arms that are `Err(x)` are each looked at, at a place of their own, and so not the same any more",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::missing_const_for_fn",
        case: None,
        reason: "a function that records cannot be `const`, so it would be wrong to suggest it",
    },
    Known {
        change: Change::Added,
        code: "tail_expr_drop_order",
        case: None,
        reason: "it is true: before edition 2024 the guard, a local with a destructor, is dropped before the temporaries of the \
                 tail, and after them from then on. It touches nothing of the function's, so nobody can tell the difference",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::empty_drop",
        case: Some("empty_drop"),
        reason: "a destructor that records is not empty, and taking it away would change what is recorded",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::derivable_impls",
        case: None,
        reason: "a derived implementation would not record, so it would be wrong to suggest it",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::doc_lazy_continuation",
        case: None,
        reason: "any attribute macro is given `///` as `#[doc = …]`, at which this lint does not look",
    },
    Known {
        change: Change::Added,
        code: "E0308",
        case: None,
        reason: "a value that may be a success is an argument before it is returned: one of a wrong type is wrong for \
                 both, at the same place",
    },
    Known {
        change: Change::Added,
        code: "E0277",
        case: Some("E0277_sized_signature"),
        reason: "a `Result` of something without a size is said to be wrong wherever it is made, also for what looks at \
                 an `Err(…)`",
    },
    Known {
        change: Change::Added,
        code: "E0277",
        case: Some("E0277_type_not_well_formed"),
        reason: "a type with an unmet bound is said to be wrong wherever it is inferred, also for what looks at the \
                 value",
    },
    Known {
        change: Change::Added,
        code: "E0038",
        case: Some("E0038_dyn"),
        reason: "the same, of a type that cannot be a `dyn`: it is said of the `x` in `Ok(x)` as well",
    },
    Known {
        change: Change::Added,
        code: "E0453",
        case: None,
        reason: "`f(x)` may be a function that never returns, and then it is not the author's fault that nothing \
                 comes after it: only an `allow(unreachable_code)` says so, and `forbid` refuses that",
    },
    Known {
        change: Change::Added,
        code: "forbidden_lint_groups",
        case: None,
        reason: "the same under `forbid(warnings)`, of which rustc only warns",
    },
    Known {
        change: Change::Moved,
        code: "unreachable_code",
        case: Some("E0658_unstable"),
        reason: "of `Ok(x)` with an `x` of the type `!`, what is never reached is now the call round `x`, which has \
                 its place",
    },
    Known {
        change: Change::Moved,
        code: "unreachable_code",
        case: Some("unreachable_code"),
        reason: "it ends before the last `.await` of a tail that is never reached: only one of this and of \
                 `implicit_return`, in every tail that waits, can be had",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::let_and_return",
        case: Some("exit_codes"),
        reason: "a value other than a `Result` may have no known type at the `let`, so it is looked at where it is \
                 returned",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::let_and_return",
        case: Some("let_and_return"),
        reason: "the same: an exit code",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::if_same_then_else",
        case: Some("if_same_then_else"),
        reason: "branches with a look at their value hold a closure each, and closures are never equal",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::match_same_arms",
        case: Some("match_same_arms"),
        reason: "the same, of arms",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::implicit_return",
        case: Some("implicit_return"),
        reason: "a `loop` is looked at as a whole, since a macro in it may hide one of its `break`s",
    },
    Known { change: Change::Moved, code: "clippy::implicit_return", case: Some("implicit_return"), reason: "the same" },
    Known { change: Change::Moved, code: "clippy::implicit_return", case: Some("never_loop"), reason: "the same" },
    Known {
        change: Change::Moved,
        code: "clippy::implicit_return",
        case: Some("needless_match"),
        reason: "a `match` that changes nothing is looked at as a whole, so that `needless_match` is said of it, \
                 which is on by default",
    },
    Known { change: Change::Hidden, code: "clippy::implicit_return", case: Some("needless_match"), reason: "the same" },
    Known {
        change: Change::Hidden,
        code: "clippy::needless_match",
        case: Some("needless_match"),
        reason: "an `if let` with an `else` has an `Ok(x)` that is marked",
    },
    Known {
        change: Change::Moved,
        code: "clippy::implicit_return",
        case: Some("unused_parens"),
        reason: "the `.await` is in superfluous parentheses, which the call stands round",
    },
    Known {
        change: Change::Moved,
        code: "clippy::arithmetic_side_effects",
        case: Some("unused_parens"),
        reason: "superfluous parentheses belong to the place of an operation; in `Ok((x + 1))` they hold a call round \
                 it",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::question_mark",
        case: Some("question_mark"),
        reason: "`if x.is_err() { return x; }`: what is returned is looked at, as any value that is no `Err(…)`",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::redundant_async_block",
        case: Some("redundant_async_block"),
        reason: "`async move { future.await }` as what a function returns is where the call is recorded, so it would \
                 be wrong to suggest that it goes",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::return_and_then",
        case: Some("redundant_closure"),
        reason: "the last call of a tail is an argument of ours, and no longer the tail",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::large_futures",
        case: Some("large_futures"),
        reason: "what is awaited is our future round the author's, and the lint looks only at what implements \
                 `Future` itself: ours becomes one when it is awaited, as whatever was written there does",
    },
    Known {
        change: Change::Added,
        code: "clippy::unit_arg",
        case: Some("unused_unit"),
        reason: "`Ok(unit)` of a local `()` has a call round it, and the lint lets paths pass only",
    },
    Known {
        change: Change::Hidden,
        code: "clippy::unnecessary_wraps",
        case: Some("uninhabited_results"),
        reason: "behind an alias the compiler is asked whether the type is a `Result`, by a `return` that never runs. To write the \
                 type a second time instead would say every error about it twice",
    },
];
