//! What a return type says about the outcome.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::punctuated::Punctuated;
use syn::{GenericArgument, Generics, Ident, Path, PathArguments, Token, Type, TypeParamBound};

/// How the outcome of a body is read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// What an exit means that is neither marked nor a panic: `?`, `return Err(…)`, one that a macro hides.
    pub(crate) unmarked: Unmarked,
    /// Which of the values that leave the body are looked at.
    pub(crate) leaves: Leaves,
}

/// What an exit without a mark means.
#[derive(Clone, Debug)]
pub(crate) enum Unmarked {
    /// The value cannot carry an error.
    Ok,
    /// The type is a `Result`: successes are marked, so this was an error.
    Error,
    /// The name does not tell; the compiler knows whether this type is a `Result`.
    ByType(TokenStream),
}

/// Which values are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaves {
    /// None: the body stays as it is.
    Untouched,
    /// Those that may be a `Result`. `Ok(…)` is a success and `Err(…)` is none, without a look at the value.
    MaybeResults,
    /// All but `Err(…)`, whatever they look like: what is not marked would be an error.
    Results,
    /// All of them.
    All,
}

/// What is returned: a value, or a future whose run is the call.
#[derive(Clone, Debug)]
pub(crate) struct Returns {
    /// How to read the value.
    pub(crate) value: Reading,
    /// How to read the output, if the value is a future that the body ends with.
    pub(crate) output: Option<Reading>,
}

impl Reading {
    /// For types that cannot carry an error.
    const INFALLIBLE: Self = Self { unmarked: Unmarked::Ok, leaves: Leaves::Untouched };

    /// The same, with every value looked at: the author says how.
    pub(crate) fn by_author(self) -> Self {
        Self { leaves: Leaves::All, ..self }
    }

    /// The same for a place where the type cannot be named.
    pub(crate) fn without_type(self) -> Self {
        match self.unmarked {
            Unmarked::ByType(_) => Self { unmarked: Unmarked::Ok, ..self },
            Unmarked::Ok | Unmarked::Error => self,
        }
    }
}

/// Classifies a return type by the last segment of its path: names cannot be resolved here, and need not be.
pub(crate) fn classify(output: &TokenStream, generics: &TokenStream) -> Returns {
    let parameters = type_parameters(generics);
    match syn::parse2::<Type>(output.clone()) {
        Ok(ty) => {
            Returns { value: read(&ty, &parameters), output: future_output(&ty).map(|ty| read(&ty, &parameters)) }
        }
        // No arrow, or a type that is newer than the parser: nothing to look at.
        Err(_) => Returns { value: Reading::INFALLIBLE, output: None },
    }
}

fn read(ty: &Type, parameters: &[Ident]) -> Reading {
    match ty {
        Type::Group(group) => read(&group.elem, parameters),
        Type::Paren(paren) => read(&paren.elem, parameters),
        Type::Path(path) => match path.path.segments.last() {
            Some(last) if last.ident.to_string().ends_with("Result") => {
                Reading { unmarked: Unmarked::Error, leaves: Leaves::Results }
            }
            Some(last) if last.ident == "ExitCode" => Reading { unmarked: Unmarked::Ok, leaves: Leaves::All },
            Some(last) if PLAIN.iter().any(|plain| last.ident == plain) => Reading::INFALLIBLE,
            _ if path.path.get_ident().is_some_and(|ident| parameters.contains(ident)) => Reading::INFALLIBLE,
            _ => Reading { unmarked: by_type(ty), leaves: Leaves::MaybeResults },
        },
        // A macro may stand for any type.
        Type::Macro(_) => Reading { unmarked: by_type(ty), leaves: Leaves::MaybeResults },
        _ => Reading::INFALLIBLE,
    }
}

/// The type as a question to the compiler, unless it cannot be written a second time.
fn by_type(ty: &Type) -> Unmarked {
    let tokens = ty.to_token_stream();
    if mentions_impl(tokens.clone()) { Unmarked::Ok } else { Unmarked::ByType(tokens) }
}

fn mentions_impl(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "impl",
        TokenTree::Group(group) => mentions_impl(group.stream()),
        _ => false,
    })
}

fn type_parameters(generics: &TokenStream) -> Vec<Ident> {
    let generics = syn::parse2::<Generics>(quote!(<#generics>)).unwrap_or_default();
    generics.type_params().map(|parameter| parameter.ident.clone()).collect()
}

/// The output of a future type that says it: `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>`,
/// `BoxFuture<'_, T>`.
fn future_output(ty: &Type) -> Option<Type> {
    let in_bounds = |bounds: &Punctuated<TypeParamBound, Token![+]>| {
        bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => output_of_path(&bound.path),
            _ => None,
        })
    };
    match ty {
        Type::Group(group) => future_output(&group.elem),
        Type::Paren(paren) => future_output(&paren.elem),
        Type::ImplTrait(ty) => in_bounds(&ty.bounds),
        Type::TraitObject(ty) => in_bounds(&ty.bounds),
        Type::Path(ty) => output_of_path(&ty.path),
        _ => None,
    }
}

fn output_of_path(path: &Path) -> Option<Type> {
    let last = path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
        _ => None,
    });
    match last.ident.to_string().as_str() {
        "Pin" | "Box" => future_output(types.next()?),
        name if name.ends_with("Future") => types.next_back().cloned(),
        _ => None,
    }
}

/// Types of the language and the standard library that carry no error: functions that return them stay untouched.
/// Leaving one out costs a look at the value and nothing else.
const PLAIN: [&str; 51] = [
    "bool",
    "char",
    "str",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "f32",
    "f64",
    "String",
    "Option",
    "Vec",
    "VecDeque",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "Box",
    "Rc",
    "Arc",
    "Weak",
    "Cow",
    "Pin",
    "Cell",
    "RefCell",
    "Mutex",
    "RwLock",
    "OsString",
    "PathBuf",
    "CString",
    "Duration",
    "Instant",
    "SystemTime",
    "Ordering",
    "Range",
    "RangeInclusive",
    "NonZero",
    "PhantomData",
    "IpAddr",
    "SocketAddr",
    "BoxFuture",
    "LocalBoxFuture",
];
