//! Finds the exits of a body, on a copy of it.
//!
//! Only what may be a *success* is marked: the leaves of the tail (through `if`, `match` and blocks), the operands of
//! `return`, and in async bodies what is awaited. Everything else leaves by itself, and the call's guard knows what
//! that means: `?`, `return Err(…)` and `bail!` stay exactly as they are.
//!
//! What belongs to somebody else is not looked into: closures, nested items, async blocks, const blocks, and macros but those that
//! `hidden` knows.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::token::Brace;
use syn::visit_mut::{self, VisitMut};
use syn::{
    AngleBracketedGenericArguments, Arm, Attribute, Block, Expr, ExprAsync, ExprCall, ExprClosure, ExprConst, ExprIf,
    ExprRepeat, ExprReturn, Ident, Item, Macro, Pat, PatIdent, Stmt, StmtMacro, Type,
};

use crate::hidden::{self, Parts};
use crate::returns::Leaves;
use crate::weave;

/// What is woven in at one place. The table says what stands round the range afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// An empty range: the first statement.
    Start,
    /// `will_ok(&call); RANGE`, round `Ok(())` or `return Ok(())` where a statement may stand.
    Will,
    /// `{ will_ok(&call); RANGE }`, where the block that it would be a statement of is to have only one.
    WillBlock,
    /// `{ { will_ok(&call); RANGE } }`, where there is no block.
    WillBlocks,
    /// `ok(RANGE, &call)`, inside `Ok(…)`.
    Ok,
    /// `(ok(x, &call))`, where the range is `(x)`.
    OkParentheses,
    /// `(RANGE, will_ok(&call)).0`, round a macro inside `Ok(…)`.
    OkMacro,
    /// `finish(RANGE, &call, …)`
    Finish,
    /// The same, round an `.await` that is the operand of a `return`.
    FinishReturned,
    /// The same, without a look at what the error says, round the operand of a `?` inside `Ok(…)`.
    FinishTried,
    /// `(match RANGE { Err(error) => return finish(Err(From::from(error)), &call, …), value => value })`, before `?`.
    Try,
    /// `finish({ RANGE }, &call, …)`, round a macro that may expand to statements.
    FinishBlock,
    /// `(awaiting(&call, RANGE))`, before `.await`.
    Await,
    /// `polling(&call, RANGE)`, round a future that a macro polls.
    Poll,
    /// `resumed(pause(&call), RANGE)`, round a macro that the body waits in.
    Resume,
    /// `resumed(pause(&call), { RANGE })`, round one that may expand to statements, with or without a semicolon.
    ResumeBlock,
    ResumeStatement,
    /// An empty range: the first statement of a block that runs after such a macro has waited …
    Woken,
    /// `{ resume(&call); RANGE }`, … or an expression that does.
    WokenBlock,
}

impl Mark {
    const ALL: [Self; 19] = [
        Self::Start,
        Self::Will,
        Self::WillBlock,
        Self::Ok,
        Self::OkParentheses,
        Self::WillBlocks,
        Self::OkMacro,
        Self::Finish,
        Self::FinishReturned,
        Self::FinishTried,
        Self::Try,
        Self::FinishBlock,
        Self::Await,
        Self::Poll,
        Self::Resume,
        Self::ResumeBlock,
        Self::ResumeStatement,
        Self::Woken,
        Self::WokenBlock,
    ];

    /// The mark that [`weave`] reports by its number.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| *mark as u8 == number)
    }

    fn round(self, range: impl ToTokens) -> TokenStream {
        weave::mark(self as u8, range)
    }
}

/// What to mark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Whether the body is that of the future which the function ends with.
    pub(crate) in_future: bool,
    /// Which of the values that leave the body.
    pub(crate) leaves: Leaves,
    /// Whether what is awaited.
    pub(crate) awaits: bool,
    /// Which errors, for what they say.
    pub(crate) errors: Errors,
}

/// Which errors are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errors {
    /// None.
    Untouched,
    /// Those that are values.
    Values,
    /// Those that leave by `?` as well.
    All,
}

/// A parsed copy of a body, to put marks into.
pub(crate) struct BodyCopy {
    inner_attributes: Vec<Attribute>,
    block: Block,
}

impl BodyCopy {
    /// Parses what stands between the braces. `None` if the parser does not know it.
    pub(crate) fn read(body: TokenStream) -> Option<Self> {
        let parser = |input: ParseStream<'_>| {
            let inner_attributes = Attribute::parse_inner(input)?;
            let block = Block { brace_token: Brace::default(), stmts: Block::parse_within(input)? };
            Ok(Self { inner_attributes, block })
        };
        parser.parse2(body).ok()
    }

    /// Whether the body ends with a future that it makes (`async { … }`, `Box::pin(async { … })`), wherever it ends.
    pub(crate) fn ends_with_future(&mut self) -> bool {
        let mut futures = 0;
        let only = each_future(&mut self.block, &mut |_| futures += 1);
        only && futures > 0
    }

    /// Whether the body declares names, so that the return type may mean something else inside.
    pub(crate) fn declares_types(&self) -> bool {
        let declares = |item: &Item| !matches!(item, Item::Const(_) | Item::Fn(_) | Item::Impl(_) | Item::Static(_));
        self.block.stmts.iter().any(|stmt| matches!(stmt, Stmt::Item(item) if declares(item)))
    }

    /// Marks the exits and prints the copy.
    pub(crate) fn mark(mut self, plan: Plan) -> TokenStream {
        let mut mark = |block: &mut Block| Marker { plan }.mark_body(block);
        if plan.in_future {
            each_future(&mut self.block, &mut mark);
        } else {
            mark(&mut self.block);
        }
        let (inner_attributes, stmts) = (self.inner_attributes, self.block.stmts);
        quote!(#(#inner_attributes)* #(#stmts)*)
    }
}

/// Shows the block of each future that a body may end with; says whether it ends with nothing else.
fn each_future(block: &mut Block, show: &mut dyn FnMut(&mut Block)) -> bool {
    struct Returned<'a> {
        show: &'a mut dyn FnMut(&mut Block),
        only: bool,
    }

    impl VisitMut for Returned<'_> {
        fn visit_expr_return_mut(&mut self, returned: &mut ExprReturn) {
            self.only &= returned.expr.as_mut().is_some_and(|value| future_in(value, self.show));
        }

        fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
        fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
        fn visit_item_mut(&mut self, _: &mut Item) {}
    }

    let mut returned = Returned { show, only: true };
    returned.visit_block_mut(block);
    let Returned { show, only } = returned;
    future_at_end(block, show) && only
}

fn future_at_end(block: &mut Block, show: &mut dyn FnMut(&mut Block)) -> bool {
    match block.stmts.last_mut() {
        Some(Stmt::Expr(tail, None)) => future_in(tail, show),
        Some(Stmt::Expr(Expr::Return(_), Some(_))) => true,
        Some(Stmt::Macro(invocation)) => diverges(&invocation.mac),
        _ => false,
    }
}

fn future_in(value: &mut Expr, show: &mut dyn FnMut(&mut Block)) -> bool {
    let future = match value {
        Expr::Async(future) => {
            show(&mut future.block);
            return true;
        }
        Expr::Block(block) if block.label.is_none() => return future_at_end(&mut block.block, show),
        Expr::Unsafe(block) => return future_at_end(&mut block.block, show),
        Expr::If(ExprIf { then_branch, else_branch: Some((_, otherwise)), .. }) => {
            return future_at_end(then_branch, show) & future_in(otherwise, show);
        }
        Expr::Match(choice) => {
            return choice.arms.iter_mut().fold(true, |only, arm| future_in(&mut arm.body, show) & only);
        }
        Expr::Return(_) => return true,
        Expr::Macro(invocation) => return diverges(&invocation.mac),
        Expr::Call(call) if never_returns(&call.func) => return true,
        Expr::Call(call) if last_segment(&call.func).is_some_and(|name| name == "pin") => call.args.first_mut(),
        Expr::MethodCall(call) if call.method == "boxed" || call.method == "boxed_local" => Some(&mut *call.receiver),
        _ => None,
    };
    match future {
        Some(Expr::Async(future)) => {
            show(&mut future.block);
            true
        }
        _ => false,
    }
}

struct Marker {
    plan: Plan,
}

impl Marker {
    fn mark_body(&mut self, block: &mut Block) {
        self.visit_block_mut(block);
        if self.plan.leaves != Leaves::Untouched {
            self.mark_tail(block);
        }
        // Items may stand first: a statement of ours before them would be an "item after statements".
        let position = block.stmts.iter().take_while(|stmt| matches!(stmt, Stmt::Item(_))).count();
        let start = Expr::Verbatim(Mark::Start.round(TokenStream::new()));
        block.stmts.insert(position, Stmt::Expr(start, None));
    }

    /// Marks what a block evaluates to.
    fn mark_tail(&self, block: &mut Block) {
        let only = block.stmts.len() == 1;
        let (tail, before) = match block.stmts.split_last_mut() {
            Some((tail, before)) => (Some(tail), before.last_mut()),
            None => (None, None),
        };
        match tail {
            Some(Stmt::Expr(tail, None)) if self.is_plain_success(tail) && !has_attributes(tail) => {
                surround(tail, if only { Mark::WillBlock } else { Mark::Will });
            }
            Some(Stmt::Expr(tail, None)) => match self.value_of_let(tail, before) {
                Some(value) => self.mark_leaf(value),
                None => self.mark_leaf(tail),
            },
            // With braces, a macro at the end may expand to statements. All others are expressions.
            Some(stmt @ Stmt::Macro(_)) => {
                let Stmt::Macro(invocation) = stmt else { return };
                if invocation.semi_token.is_none() && !diverges(&invocation.mac) {
                    let mut tail = Expr::Verbatim(invocation.to_token_stream());
                    surround(&mut tail, Mark::FinishBlock);
                    *stmt = Stmt::Expr(tail, None);
                }
            }
            _ => {}
        }
    }

    /// What `x` was set to in `let x = …; x`: there it is as good as at the end, and the end stays what it was.
    fn value_of_let<'block>(&self, tail: &Expr, before: Option<&'block mut Stmt>) -> Option<&'block mut Expr> {
        let (Expr::Path(tail), Some(Stmt::Local(local))) = (tail, before) else { return None };
        let mut pattern = &local.pat;
        while let Pat::Type(typed) = pattern {
            pattern = &typed.pat;
        }
        let Pat::Ident(PatIdent { by_ref: None, mutability: None, subpat: None, ident, attrs }) = pattern else {
            return None;
        };
        let init = local.init.as_mut().filter(|init| init.diverge.is_none())?;
        let same = tail.path.is_ident(ident) && tail.qself.is_none();
        let plain = attrs.is_empty() && local.attrs.is_empty() && tail.attrs.is_empty();
        (same && plain && self.plan.leaves == Leaves::Results).then_some(&mut *init.expr)
    }

    /// Marks an expression whose value leaves the body, or the parts of it whose values do.
    fn mark_leaf(&self, value: &mut Expr) {
        match value {
            Expr::Block(block) if block.label.is_none() => self.mark_tail(&mut block.block),
            Expr::Unsafe(block) => self.mark_tail(&mut block.block),
            Expr::Group(fragment) => self.mark_leaf(&mut fragment.expr),
            Expr::If(ExprIf { then_branch, else_branch: Some((_, otherwise)), .. }) => {
                self.mark_tail(then_branch);
                self.mark_leaf(otherwise);
            }
            // One that does nothing stays as it is.
            Expr::Match(choice) if choice.arms.iter().all(changes_nothing) => surround(value, Mark::Finish),
            Expr::Match(choice) => choice.arms.iter_mut().for_each(|arm| self.mark_leaf(&mut arm.body)),
            value if self.never_succeeds(value) => {}
            value if self.is_plain_success(value) => surround(value, Mark::WillBlocks),
            Expr::Call(call) if self.is_success(call) => call.args.iter_mut().for_each(mark_success),
            value => surround(value, Mark::Finish),
        }
    }

    /// Whether no value comes out of an expression, or none that could be a success.
    fn never_succeeds(&self, value: &Expr) -> bool {
        match value {
            Expr::Loop(endless) => !mentions(endless.body.to_token_stream(), &["break"], &[]),
            Expr::Macro(invocation) => diverges(&invocation.mac),
            Expr::Call(call) if never_returns(&call.func) => true,
            // A `return` that is marked already.
            Expr::Verbatim(tokens) => {
                matches!(marked_with(tokens), Some(Mark::Will | Mark::WillBlock | Mark::WillBlocks))
            }
            // No value, or `()`.
            Expr::Assign(_)
            | Expr::Break(_)
            | Expr::Continue(_)
            | Expr::ForLoop(_)
            | Expr::If(_)
            | Expr::Return(_)
            | Expr::While(_) => true,
            _ if self.plan.leaves == Leaves::All => false,
            value if is_error(value) => self.plan.errors == Errors::Untouched || matches!(value, Expr::Try(_)),
            _ if self.plan.leaves == Leaves::Results => false,
            // No `Result`, so it is ok as it is.
            Expr::Call(call) => matches!(&*call.func, Expr::Path(function) if function.path.is_ident("Self")),
            Expr::Array(_)
            | Expr::Async(_)
            | Expr::Cast(_)
            | Expr::Closure(_)
            | Expr::Lit(_)
            | Expr::Range(_)
            | Expr::Reference(_)
            | Expr::Repeat(_)
            | Expr::Struct(_)
            | Expr::Tuple(_) => true,
            _ => false,
        }
    }

    /// Whether a call is `Ok(x)` and that is as good as looking at its value.
    fn is_success(&self, call: &ExprCall) -> bool {
        self.plan.leaves != Leaves::All && is_constructor(call, "Ok")
    }

    /// Whether the value is an `Ok(x)` whose `x` cannot be the argument of a call: `()`, of which it would be said that it is
    /// one, or a closure, which is checked differently there.
    fn is_plain_success(&self, value: &Expr) -> bool {
        let Expr::Call(call) = value else { return false };
        self.is_success(call)
            && match call.args.first() {
                Some(Expr::Tuple(unit)) => unit.elems.is_empty() && unit.attrs.is_empty(),
                Some(Expr::Closure(closure)) => closure.attrs.is_empty(),
                _ => false,
            }
    }

    /// Whether the body waits in a macro, at places that only the macro knows.
    fn waits_in(&self, invocation: &Macro) -> bool {
        self.plan.awaits && hidden::waits(invocation)
    }

    /// Whether the value is a `return` of a plain success.
    fn returns_plain_success(&self, value: &Expr) -> bool {
        matches!(value, Expr::Return(ExprReturn { expr: Some(operand), .. }) if self.is_plain_success(operand))
    }
}

impl Parts for Marker {
    fn expression(&mut self, value: &mut Expr) {
        self.visit_expr_mut(value);
    }

    fn future(&mut self, value: &mut Expr) {
        self.visit_expr_mut(value);
        surround(value, Mark::Poll);
    }

    fn handler(&mut self, value: &mut Expr) {
        self.visit_expr_mut(value);
        match value {
            Expr::Block(handler) if handler.attrs.is_empty() => {
                let woken = Expr::Verbatim(Mark::Woken.round(TokenStream::new()));
                handler.block.stmts.insert(0, Stmt::Expr(woken, None));
            }
            value => surround(value, Mark::WokenBlock),
        }
    }
}

/// Walks through everything that belongs to this body and to no other: `return` and `.await`.
impl VisitMut for Marker {
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Expr(value, _) if self.returns_plain_success(value) && !has_attributes(value) => {
                surround(value, Mark::Will);
            }
            stmt => visit_mut::visit_stmt_mut(self, stmt),
        }
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        if let [Stmt::Expr(value, Some(_))] = block.stmts.as_mut_slice()
            && self.returns_plain_success(value)
            && !has_attributes(value)
        {
            return surround(value, Mark::WillBlock);
        }
        visit_mut::visit_block_mut(self, block);
        let last = block.stmts.len().wrapping_sub(1);
        for (at, stmt) in block.stmts.iter_mut().enumerate() {
            let Stmt::Macro(StmtMacro { attrs, mac, semi_token }) = stmt else { continue };
            if !self.waits_in(mac) {
                continue;
            }
            let mark = match semi_token {
                Some(_) => Mark::Resume,
                None if at == last => Mark::ResumeBlock,
                None => Mark::ResumeStatement,
            };
            let mut value = Expr::Verbatim(quote!(#(#attrs)* #mac));
            surround(&mut value, mark);
            *stmt = Stmt::Expr(value, *semi_token);
        }
    }

    fn visit_macro_mut(&mut self, invocation: &mut Macro) {
        if self.plan.awaits {
            hidden::visit(invocation, self);
        }
    }

    fn visit_expr_mut(&mut self, value: &mut Expr) {
        if self.returns_plain_success(value) {
            return surround(value, Mark::WillBlocks);
        }
        visit_mut::visit_expr_mut(self, value);
        match value {
            Expr::Return(ExprReturn { expr: Some(operand), .. }) if self.plan.leaves != Leaves::Untouched => {
                match &**operand {
                    Expr::Await(_) => surround(operand, Mark::FinishReturned),
                    _ => self.mark_leaf(operand),
                }
            }
            Expr::Try(attempt) if self.plan.errors == Errors::All && attempt.attrs.is_empty() => {
                surround(&mut attempt.expr, Mark::Try);
            }
            Expr::Await(awaited) if self.plan.awaits => surround(&mut awaited.base, Mark::Await),
            Expr::Macro(invocation) if self.waits_in(&invocation.mac) => surround(value, Mark::Resume),
            _ => {}
        }
    }

    fn visit_expr_repeat_mut(&mut self, array: &mut ExprRepeat) {
        self.visit_expr_mut(&mut array.expr);
    }

    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_angle_bracketed_generic_arguments_mut(&mut self, _: &mut AngleBracketedGenericArguments) {}
}

/// The mark that tokens begin with.
fn marked_with(tokens: &TokenStream) -> Option<Mark> {
    weave::number_of_mark(tokens).and_then(Mark::from_number)
}

/// Puts a mark round an expression. Its attributes stay outside, before the mark.
fn surround(value: &mut Expr, mark: Mark) {
    let mut rest = value.to_token_stream().into_iter().peekable();
    let mut marked = TokenStream::new();
    while rest.peek().is_some_and(is_hash) {
        marked.extend(rest.by_ref().take(2));
    }
    marked.extend(mark.round(rest.collect::<TokenStream>()));
    *value = Expr::Verbatim(marked);
}

fn has_attributes(value: &Expr) -> bool {
    value.to_token_stream().into_iter().next().is_some_and(|token| is_hash(&token))
}

fn is_hash(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#')
}

/// Whether a call is spelled like a constructor of `Result`: `Ok(…)`, `Result::Ok(…)`, with one operand.
fn is_constructor(call: &ExprCall, name: &str) -> bool {
    let Expr::Path(function) = &*call.func else { return false };
    let mut segments = function.path.segments.iter().rev();
    call.args.len() == 1
        && segments.next().is_some_and(|last| last.ident == name)
        && segments.next().is_none_or(|before| before.ident == "Result")
}

/// Marks what stands in `Ok(…)`.
fn mark_success(operand: &mut Expr) {
    match operand {
        Expr::Macro(operand) if diverges(&operand.mac) => {}
        Expr::Call(operand) if never_returns(&operand.func) => {}
        // `Ok(x?)` is as good as `x`, and looked at as if it were.
        Expr::Try(attempt) if is_error(&attempt.expr) => {}
        Expr::Try(attempt) if attempt.attrs.is_empty() => surround(&mut attempt.expr, Mark::FinishTried),
        Expr::Macro(invocation) if hidden::has_one_type(&invocation.mac) => surround(operand, Mark::OkMacro),
        Expr::Paren(_) => surround(operand, Mark::OkParentheses),
        operand => surround(operand, Mark::Ok),
    }
}

/// Whether a function is one of the standard library that never returns.
fn never_returns(function: &Expr) -> bool {
    let Expr::Path(function) = function else { return false };
    let mut segments = function.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    matches!(
        (segments.next().as_deref(), segments.next().as_deref()),
        (Some("exit" | "abort"), Some("process")) | (Some("resume_unwind" | "panic_any" | "unreachable_unchecked"), _)
    )
}

/// Whether a value is spelled `Err(…)` or `Err(…)?`.
fn is_error(value: &Expr) -> bool {
    match value {
        Expr::Call(call) => is_constructor(call, "Err"),
        Expr::Try(attempt) => is_error(&attempt.expr),
        _ => false,
    }
}

/// Whether an arm evaluates to what it matches: `Ok(x) => Ok(x)`.
fn changes_nothing(arm: &Arm) -> bool {
    arm.pat.to_token_stream().to_string() == arm.body.to_token_stream().to_string()
}

/// Whether a macro never evaluates to a value.
fn diverges(invocation: &Macro) -> bool {
    const DIVERGING: [&str; 5] = ["panic", "todo", "unimplemented", "unreachable", "bail"];
    invocation.path.segments.last().is_some_and(|last| DIVERGING.iter().any(|name| last.ident == name))
}

fn last_segment(function: &Expr) -> Option<&Ident> {
    match function {
        Expr::Path(function) => function.path.segments.last().map(|last| &last.ident),
        _ => None,
    }
}

/// Whether one of the words or characters occurs anywhere in the tokens.
fn mentions(tokens: TokenStream, words: &[&str], characters: &[char]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), words, characters),
        TokenTree::Ident(ident) => words.iter().any(|word| ident == word),
        TokenTree::Punct(punct) => characters.contains(&punct.as_char()),
        TokenTree::Literal(_) => false,
    })
}
