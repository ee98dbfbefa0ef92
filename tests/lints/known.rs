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
];
