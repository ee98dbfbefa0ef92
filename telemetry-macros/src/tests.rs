//! Expansions as snapshots that can be read without the test: what was written above what became of it, related cases in
//! one file. Only the two entry points are driven.

use std::fmt::Write as _;
use std::iter;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote;

use crate::{closed_enum, expand, expand_tracked, structure};

/// A heading, the arguments, and the function.
type Case = (&'static str, &'static str, &'static str);

/// Every case as written and as expanded.
fn recorded(cases: &[Case]) -> String {
    report(cases, expand::recorded)
}

fn report(cases: &[Case], expand: fn(&crate::model::Model) -> TokenStream) -> String {
    let mut report = String::new();
    for (heading, arguments, item) in cases {
        let attribute = if arguments.is_empty() { "#[tracked]".to_owned() } else { format!("#[tracked({arguments})]") };
        let expansion = expand_tracked(arguments.parse().unwrap(), &item.parse().unwrap(), expand);
        let _ = write!(report, "## {heading}\n\n{attribute}\n{item}\n\n--->\n\n{}\n", pretty(&expansion));
    }
    report
}

/// Derives, as written and as expanded.
fn derived(cases: &[(&str, &str)]) -> String {
    let mut report = String::new();
    for (heading, item) in cases {
        let expansion = closed_enum::derive(item.parse().unwrap());
        let _ = write!(report, "## {heading}\n\n#[derive(ClosedEnum)]\n{item}\n\n--->\n\n{}\n", pretty(&expansion));
    }
    report
}

/// The same, of structs: as a snapshot, which is a field as well.
fn derived_structs(cases: &[(&str, &str)], is_recorded: bool) -> String {
    let mut report = String::new();
    for (heading, item) in cases {
        let expansion = structure::derive_snapshot(item.parse().unwrap(), is_recorded);
        let _ = write!(report, "## {heading}\n\n#[derive(Snapshot)]\n{item}\n\n--->\n\n{}\n", pretty(&expansion));
    }
    report
}

/// The tokens as a file, or as they are if they are none.
fn pretty(tokens: &TokenStream) -> String {
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) if !file.items.iter().any(|item| matches!(item, syn::Item::Verbatim(_))) => {
            prettyplease::unparse(&file)
        }
        _ => format!("{tokens}\n"),
    }
}

/// Compares with `snapshots/NAME.snap`.
fn check(name: &str, report: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, report);
    });
}

#[test]
fn functions_that_carry_no_error_get_a_guard() {
    check(
        "functions_that_carry_no_error_get_a_guard",
        &recorded(&[
            ("no return type", "", "fn greet(name: &str) { println!(\"{name}\"); }"),
            ("a method", "", "pub(crate) fn name(&self) -> &str { if self.long { return &self.a } &self.b }"),
            ("never", "", "fn run() -> ! { loop { step() } }"),
            (
                "an async function",
                "",
                "async fn wait(n: u8) -> u8 { sleep(n).await; [f().await?, g(h().await).await][0] }",
            ),
            (
                "a type parameter",
                "",
                "fn same<'a, T: Fn() -> U, U, const N: usize>(x: &'a [T; N]) -> U where T: Copy { x[0]() }",
            ),
            ("an inner attribute stays first", "", "fn first() -> u8 { #![allow(unused)] let x = 1; x }"),
            (
                "items may stay first",
                "",
                "fn first() -> u8 { use a::b; const X: u8 = 1; fn inner() -> u8 { 2 } let x = X; x }",
            ),
        ]),
    );
}

#[test]
fn only_possible_successes_are_marked_in_results() {
    check(
        "only_possible_successes_are_marked_in_results",
        &recorded(&[
            ("a plain success", "", "fn f() -> Result<(), E> { step()?; Ok(()) }"),
            ("a success that may still fail", "", "fn f() -> io::Result<u8> { Ok(parse(x)?) }"),
            ("an error", "", "fn f() -> Result<u8, E> { if x { return Err(E::new(1)); } bail!(\"no\") }"),
            ("anything else", "", "fn f() -> anyhow::Result<u8> { read().context(\"x\") }"),
            (
                "returns, as a statement and elsewhere",
                "",
                "fn f(x: Option<u8>) -> Result<u8, E> {
    let Some(x) = x else { return Ok(0) };
    if x == 1 { return Ok(x); }
    let y = match x { 2 => return Ok(2), 3 => return g(), 4 => return Ok(g()?), 5 => return Err(E), x => x };
    for i in 0..y { if i == 7 { return h(i); } }
    #[cfg(never)]
    return Ok(1);
    loop { step()? }
}",
            ),
            (
                "leaves",
                "",
                "fn f(x: u8) -> Result<u8, E> {
    match x {
        0 => Ok(0),
        1 => { g(); Ok(1) }
        2 if g() => unsafe { h() },
        3 => if g() { Ok(3) } else if h() { Err(E) } else { i() },
        4 => panic!(\"x\"),
        5 => loop { if g() { break Ok(5) } }
        6 => 'a: { if g() { break 'a Ok(6) } Err(E) }
        7 => std::process::exit(1),
        8 => Ok(unreachable!()),
        9 => (Ok(9)),
        _ => statements! { x },
    }
}",
            ),
            ("a macro that may expand to statements", "", "fn f() -> Result<u8, E> { body! { x } }"),
            (
                "what belongs to somebody else",
                "",
                "fn f() -> Result<u8, E> {
    let a = || { return Ok(1) };
    let b = async { return Ok(g().await) };
    fn c() -> Result<u8, E> { return Ok(3); }
    let d = const { return_type() };
    stringify!(return Ok(4));
    a()
}",
            ),
            (
                "tuple fields that look like a float",
                "",
                "fn f(x: ((u8, u8), u8)) -> Result<u8, E> { if x.0.1 > 1 { return Ok(x.0.0) } g(x.0.1) }",
            ),
            (
                "names of the constructors",
                "",
                "fn f() -> Result<u8, E> { if a { return Result::Ok(1) } if b { return Ok::<u8, E>(2) } Self::Ok(3) }",
            ),
        ]),
    );
}

#[test]
fn what_is_awaited_is_marked_in_futures() {
    check(
        "what_is_awaited_is_marked_in_futures",
        &recorded(&[
            (
                "await in every place",
                "",
                "async fn f(&self) -> Result<u8, E> { let x = self.g(h().await?).await?; if x.await { return Ok(i().await); } match x { 1 if k().await => Ok(1), _ => j(x).await } }",
            ),
            (
                "a future at the end",
                "",
                "fn f(x: u8) -> impl Future<Output = Result<u8, E>> + Send { let y = x; async move { g(y).await?; Ok(y) } }",
            ),
            (
                "a boxed future at the end",
                "",
                "fn f<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<u8, E>> + Send + 'a>> { Box::pin(async move { self.g().await }) }",
            ),
            (
                "a future of another name",
                "",
                "fn f() -> BoxFuture<'static, Result<u8, E>> { async { return g().await }.boxed() }",
            ),
            ("a future that comes from elsewhere", "", "fn f() -> impl Future<Output = Result<u8, E>> { g() }"),
            ("a future that is not the last thing", "", "async fn f() -> u8 { spawn(async { g().await }); 1 }"),
        ]),
    );
}

#[test]
fn other_return_types_are_asked() {
    check(
        "other_return_types_are_asked",
        &recorded(&[
            ("an alias", "", "fn f() -> Fallible { g()?; Ok(()) }"),
            ("a struct", "", "fn f() -> Config { if x { return Config::default() } Config { x: 1 } }"),
            ("an exit code", "", "fn main() -> ExitCode { if x { return ExitCode::from(2) } ExitCode::SUCCESS }"),
            ("a poll", "", "fn poll(self: Pin<&mut Self>) -> Poll<Result<u8, E>> { Poll::Ready(Ok(g()?)) }"),
            ("a type that cannot be written twice", "", "fn f() -> Both<impl Iterator, u8> { g() }"),
            ("a type whose name may mean something else inside", "", "fn f() -> Both { use other::Both; g() }"),
        ]),
    );
}

#[test]
fn events_have_names() {
    let names = |arguments: &str, function: &str| {
        let item = format!("fn {function}() {{}}").parse().unwrap();
        let expansion = expand_tracked(arguments.parse().unwrap(), &item, expand::recorded).to_string();
        let chain = expansion.split_once("module_path ! ())").and_then(|(_, rest)| rest.split_once(';')).unwrap().0;
        format!("{arguments:<58} {function:<16}{chain}\n")
    };
    check(
        "events_have_names",
        &[
            names("", "plugin_install"),
            names("", "r#type"),
            names("", "__sync_v2__"),
            names("", "überprüfen"),
            names(r#"event = "Sync Started""#, "f"),
            names(r#"event = "Sync""#, "f"),
            names(r#"event = "Started""#, "f"),
            names(r#"event = "sync_run_started""#, "f"),
            names(r#"event = "sync_run_started", finish = "sync_run_completed""#, "f"),
            names(r#"event = "_started""#, "f"),
            names(r#"event = "Sync Started", finish = "Sync Completed""#, "f"),
            names(r#"finish = "All Done", emit = both,"#, "f"),
            names("emit = start", "log_in"),
            names("emit = finish", "log_in"),
            names("emit = success", "log_in"),
            names(r#"emit = start, event = "Login""#, "f"),
            names(r#"emit = finish, event = "Login""#, "f"),
            names(r#"emit = success, event = "Login""#, "f"),
        ]
        .concat(),
    );
}

#[test]
fn arguments_go_into_the_expansion() {
    check(
        "arguments_go_into_the_expansion",
        &recorded(&[
            ("fields", "fields(items = args.len(), dry_run = args.dry_run)", "fn f(args: Args) { drop(args) }"),
            ("error, as a closure", "error = |code: &i32| *code != 0", "fn f() -> i32 { if x { return 1 } g() }"),
            (
                "error, as a path, of a result",
                "error = is_error",
                "fn f() -> Result<u8, E> { g()?; if x { return Ok(1) } if y { return Err(2) } Ok(3) }",
            ),
            ("crate", "crate = crate::reexports::telemetry", "async fn f() -> Alias { g().await }"),
            (
                "all",
                r#"event = "A", finish = "B", emit = both, fields(), error = a::b, crate = c"#,
                "fn f() -> u8 { 1 }",
            ),
            (
                "what is said of fields",
                r#"fields(a: u64 = x.len(), b = 42_u64, c = -1, d = true, e = label!("x"), f = (1.5), g = label!(X))"#,
                "fn f() { 1 }",
            ),
            (
                "what is said of events",
                r#"purpose = "p", owner = "o", expires = "2027-06", identifiable"#,
                "fn f() { 1 }",
            ),
            (
                "calls that are only counted",
                "aggregate",
                "fn f() -> Result<u8, E> { if x { return Err(g()?); } h(i()?) }",
            ),
            (
                "calls that are only counted, in a future",
                r#"aggregate, event = "Rows", error = |n| *n == 0, crate = a::b"#,
                "async fn f() -> u8 { g().await }",
            ),
            ("some calls", r#"sample = 0.01, limit = "100/min""#, "fn f() { 1 }"),
            (
                "what errors say",
                "error_text",
                "fn f() -> Result<u8, E> { g()?; if x { return Err(h(i()?)); } Ok(j(k()?)?) }",
            ),
            (
                "what they say in a future without a name",
                "error_text",
                "fn f() -> BoxFuture<Result<u8, E>> { Box::pin(async { g()?; Err(1) }) }",
            ),
        ]),
    );
}

#[test]
fn compiled_out_nothing_changes() {
    check(
        "compiled_out_nothing_changes",
        &report(
            &[
                ("nothing to check", r#"event = "Sync""#, "async fn f() -> Result<u8, E> { #![allow(x)] g().await }"),
                ("fields", "fields(items = args.len())", "fn f(args: Args) -> Result<u8, E> { #![allow(x)] Ok(1) }"),
                ("a field with a type", "fields(items: usize = args.len())", "fn f(args: Args) { drop(args) }"),
                ("error", "error = |x| *x == 1", "async fn f() -> Result<u8, E> { g().await }"),
                (
                    "a future at the end",
                    "error = |x| *x == 1",
                    "fn f() -> impl Future<Output = u8> { async { g().await } }",
                ),
            ],
            expand::checked,
        ),
    );
}

#[test]
fn faults_are_reported_beside_the_untouched_function() {
    let cases: &[Case] = &[
        (
            "several at once",
            r#"event = 1, emit = twice, nonsense, fields(A = 1, b = 2, b = 3, c), event = "x ""#,
            "fn f() -> u8 { 1 }",
        ),
        (
            "what does not go with an aggregate",
            r#"aggregate, emit = both, finish = "X", fields(a = 1), identifiable, error_text, sample = 1, limit = "1/s""#,
            "fn f() -> u8 { 1 }",
        ),
        ("no function", "", "pub struct S;"),
        ("an implementation", "", "unsafe impl T for S {}"),
        ("a constant function", "", "pub const unsafe fn f() -> u8 { 1 }"),
        ("no body", "", "fn f(&self) -> u8;"),
        ("arguments and function", "evnt = \"x\"", "const X: u8 = 1;"),
        ("no name follows", "", "fn __() {}"),
        ("nothing", "", ""),
    ];
    check("faults_are_reported_beside_the_untouched_function", &recorded(cases));
}

#[test]
fn unreadable_bodies_get_a_guard() {
    check(
        "unreadable_bodies_get_a_guard",
        &recorded(&[
            ("half a statement", "", "fn f() -> Result<u8, E> { let x = self. ; x. }"),
            ("after an inner attribute", "", "fn f() -> Result<u8, E> { #![allow(x)] let y = }"),
            ("half a signature", "", "fn f(x: ) -> Result<u8, { Ok(1) }"),
            ("a type from the future", "", "fn f() -> @u8 { Ok(1) }"),
        ]),
    );
}

/// What `macro_rules` makes of `$fragment`: a group that cannot be seen.
fn fragment(tokens: TokenStream) -> TokenTree {
    let mut group = Group::new(Delimiter::None, tokens);
    group.set_span(Span::call_site());
    TokenTree::Group(group)
}

#[test]
fn macro_fragments_keep_their_meaning() {
    let sum = fragment(quote!(1 + 2));
    let either = fragment(quote!(2 | 3));
    let ty = fragment(quote!(u8));
    let statement = fragment(quote!(let x = 1));
    let path = fragment(quote!(a::b));
    let block = fragment(quote!({ Ok(#sum * 2) }));
    let visibility = fragment(quote!(pub(crate)));

    let cases = [
        (
            "a level that is opened",
            quote!(fn f() -> Result<#ty, E> { let y = #sum * 2; g(#sum * 3); #statement; #path::c(); Ok(y) }),
        ),
        (
            "patterns",
            quote!(fn f() -> Result<u8, E> { match x { #either => Ok(1), &#either => Err(2), _ => #path(3) } }),
        ),
        ("a fragment that leaves", quote!(fn f() -> Result<u8, E> { if x { return #sum; } #sum })),
        ("blocks", quote!(#visibility fn f() -> Result<u8, E> #block)),
        ("blocks inside", quote!(fn f() -> Result<u8, E> { if x { g() } else #block })),
        (
            "the whole function",
            iter::once(fragment(quote!(
                fn f() -> u8 {
                    1
                }
            )))
            .collect(),
        ),
    ];
    let mut report = String::new();
    for (heading, item) in cases {
        let expansion = expand_tracked(TokenStream::new(), &item, expand::recorded);
        let _ = write!(report, "## {heading}\n\n{}\n\n--->\n\n{}\n\n", visible(item), visible(expansion));
    }
    check("macro_fragments_keep_their_meaning", &report);
}

/// The tokens with `⟦ ⟧` for the groups that cannot be seen.
fn visible(tokens: TokenStream) -> String {
    let token = |token| match token {
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{ ", " }"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("⟦", "⟧"),
            };
            format!("{open}{}{close}", visible(group.stream()))
        }
        token => token.to_string(),
    };
    tokens.into_iter().map(token).collect::<Vec<_>>().join(" ")
}

#[test]
fn closed_enums() {
    check(
        "closed_enums",
        &derived(&[
            (
                "names",
                "enum Format { Csv, JsonLines, HTTPServer, #[telemetry(rename = \"ODD one\")] Odd, r#Raw, V2Ray }",
            ),
            (
                "cases",
                "#[telemetry(rename_all = \"SCREAMING_SNAKE_CASE\", crate = my::telemetry)] enum Cpu { CpuMemory }",
            ),
            ("nothing", "enum Never {}"),
            ("a constant parameter", "enum Sized<const N: usize> { Only }"),
        ]),
    );
    let cases =
        ["snake_case", "SCREAMING_SNAKE_CASE", "kebab-case", "lowercase", "UPPERCASE", "PascalCase"].map(|case| {
            let item = format!("#[telemetry(rename_all = \"{case}\")] enum E {{ JsonLines, HTTPServer2 }}");
            let expansion = closed_enum::derive(item.parse().unwrap()).to_string();
            let names = expansion.split_once("= & [").unwrap().1;
            format!("{case:<22}{}\n", names.split_once(']').unwrap().0)
        });
    check("closed_enum_cases", &cases.concat());
}

#[test]
fn faults_of_closed_enums() {
    check(
        "faults_of_closed_enums",
        &derived(&[
            ("data", "enum E { A(u8), B { x: u8 }, C }"),
            ("a struct", "struct S;"),
            ("a union", "union U { a: u8 }"),
            ("two of a name", "enum E { AbC, #[telemetry(rename = \"ab_c\")] D, #[telemetry(rename = \"\")] E }"),
            (
                "options",
                "#[telemetry(rename_all = \"Title Case\", rename = \"x\")] #[telemetry(what)] enum E { #[telemetry(rename_all = \"x\")] A }",
            ),
        ]),
    );
}

#[test]
fn structs() {
    let cases = [
        (
            "members",
            "#[snapshot(event = \"sizes\", purpose = \"p\", owner = \"o\", expires = \"2027-06\", cumulative)] \
             struct Sizes { rows: u64, #[telemetry(rename = \"kind\")] r#type: Option<Kind>, parts: Vec<Part> }",
        ),
        (
            "a lifetime, and another name of the runtime",
            "#[telemetry(crate = my::telemetry)] struct HTTPSizes<'a> where 'a: 'a { largest: Hashed<'a> }",
        ),
        ("nothing", "struct Nothing {}"),
    ];
    check("structs", &derived_structs(&cases, true));
    check("structs_that_are_not_recorded", &derived_structs(&cases[..1], false));
}

#[test]
fn faults_of_structs() {
    check(
        "faults_of_structs",
        &derived_structs(
            &[
                ("no names", "struct S(u8);"),
                ("an enum", "enum E { A }"),
                ("a union", "union U { a: u8 }"),
                ("parameters", "struct S<T, const N: usize> { a: T }"),
                ("two of a name", "struct S { #[telemetry(rename = \"b\")] a: u8, b: u8, C: u8, d: u8 }"),
                (
                    "options",
                    "#[telemetry(rename_all = \"x\")] #[snapshot(event = \" x\", events = \"y\")] struct S { #[telemetry(what)] a: u8 }",
                ),
            ],
            true,
        ),
    );
}
