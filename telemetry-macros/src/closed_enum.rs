//! `#[derive(ClosedEnum)]`: an enum whose values may be sent, because all of them are known before the program runs.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, Ident, LitStr, Path, Variant};

use crate::args::{Arg, set_once};
use crate::diagnostics::Faults;
use crate::options::{each_option, given_name};
use crate::paths::Root;
use crate::validate::name_problem;

/// Implements the trait; beside the faults too, so that a use of the enum is not one more.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut faults = Faults::new();
    let options = Options::parse(&input.attrs, &mut faults);
    let variants = named_variants(&input, options.case, &mut faults);
    let implementation = variants.map(|variants| implement(&input, &variants, &Root::new(options.root, false)));
    match faults.finish() {
        Ok(()) => quote!(#implementation),
        Err(faults) => quote!(#faults #implementation),
    }
}

/// A variant and its name on the wire.
struct NamedVariant<'input> {
    ident: &'input Ident,
    name: String,
}

/// What stands in `#[telemetry(…)]` on the enum.
struct Options {
    case: Case,
    root: Option<Path>,
}

impl Options {
    fn parse(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let (mut case, mut root) = (None, None);
        each_option(attributes, "telemetry", faults, |option, faults| {
            let key = option.path.require_ident()?.clone();
            if key == "rename_all" {
                let text: LitStr = option.value()?.parse()?;
                set_once(&mut case, Case::parse(&text)?, key, faults);
            } else if key == "crate" {
                let path = option.value()?.call(Path::parse_mod_style)?;
                set_once(&mut root, path, key, faults);
            } else if key == "rename" {
                return Err(option.error("`rename` goes on a variant; for all of them there is `rename_all = \"…\"`"));
            } else {
                return Err(option.error("unknown option: an enum takes `rename_all = \"…\"` and `crate = path`"));
            }
            Ok(())
        });
        Self { case: case.map_or(Case::Snake, |case: Arg<_>| case.value), root: root.map(|root: Arg<_>| root.value) }
    }
}

/// The variants with their names, which are all different. `None` if there can be no variants.
fn named_variants<'input>(
    input: &'input DeriveInput,
    case: Case,
    faults: &mut Faults,
) -> Option<Vec<NamedVariant<'input>>> {
    let keyword: &dyn ToTokens = match &input.data {
        Data::Enum(DataEnum { variants, .. }) => {
            let mut seen = HashSet::new();
            return Some(variants.iter().map(|variant| named_variant(variant, case, &mut seen, faults)).collect());
        }
        Data::Struct(data) => &data.struct_token,
        Data::Union(data) => &data.union_token,
    };
    faults.add(keyword, "a closed set of values is an enum with variants without data");
    None
}

fn named_variant<'input>(
    variant: &'input Variant,
    case: Case,
    seen: &mut HashSet<String>,
    faults: &mut Faults,
) -> NamedVariant<'input> {
    let Variant { attrs, ident, fields, .. } = variant;
    if !matches!(fields, Fields::Unit) {
        faults.add(fields, "data in a variant makes the set open: move it to a field of its own");
    }
    let given = given_name(attrs, "a variant", faults);
    let name = given.as_ref().map_or_else(|| case.apply(&ident.unraw().to_string()), LitStr::value);
    let source: &dyn ToTokens = given.as_ref().map_or(ident, |given| given);
    if let Some(problem) = name_problem(&name) {
        faults.add(source, problem);
    } else if !seen.insert(name.clone()) {
        faults.add(source, format_args!("another variant is called `{name}` already"));
    }
    NamedVariant { ident, name }
}

fn implement(input: &DeriveInput, variants: &[NamedVariant<'_>], root: &Root) -> TokenStream {
    let at = Span::mixed_site().located_at(input.ident.span());
    let root = root.path(at);
    let enumeration = &input.ident;
    let (parameters, arguments, conditions) = input.generics.split_for_impl();
    let names = variants.iter().map(|variant| &variant.name);
    let idents = variants.iter().map(|variant| variant.ident);
    let indices = 0..variants.len();
    // A deprecated variant is still a value that may be sent, and one with data has been reported.
    quote_spanned! {at=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl #parameters #root::ClosedEnum for #enumeration #arguments #conditions {
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];

            fn index(&self) -> ::core::primitive::usize {
                match *self {
                    #(Self::#idents { .. } => #indices,)*
                }
            }
        }

        #[automatically_derived]
        impl #parameters #root::private::Field for #enumeration #arguments #conditions {
            fn to_value(&self) -> #root::private::Value {
                #root::private::closed_value(self)
            }
        }

        #[automatically_derived]
        impl #parameters #root::private::ListItem for #enumeration #arguments #conditions {}

        #[automatically_derived]
        impl #parameters #root::private::Described for #enumeration #arguments #conditions {
            const KIND: #root::private::ValueKind =
                #root::private::ValueKind::words(<Self as #root::ClosedEnum>::NAMES);
        }
    }
}

/// How the names of variants are written on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Snake,
    ScreamingSnake,
    Kebab,
    Lower,
    Upper,
    Pascal,
}

impl Case {
    fn parse(text: &LitStr) -> syn::Result<Self> {
        match text.value().as_str() {
            "snake_case" => Ok(Self::Snake),
            "SCREAMING_SNAKE_CASE" => Ok(Self::ScreamingSnake),
            "kebab-case" => Ok(Self::Kebab),
            "lowercase" => Ok(Self::Lower),
            "UPPERCASE" => Ok(Self::Upper),
            "PascalCase" => Ok(Self::Pascal),
            _ => Err(syn::Error::new_spanned(
                text,
                "unknown case; known are `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `lowercase`, `UPPERCASE` and `PascalCase`",
            )),
        }
    }

    /// `CpuMemory` → `cpu_memory`
    fn apply(self, variant: &str) -> String {
        let words = words(variant);
        match self {
            Self::Snake => words.join("_").to_lowercase(),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Kebab => words.join("-").to_lowercase(),
            Self::Lower => words.concat().to_lowercase(),
            Self::Upper => words.concat().to_uppercase(),
            Self::Pascal => variant.to_owned(),
        }
    }
}

/// The words of a name: `HTTPServer` → `HTTP`, `Server`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (position, &letter) in letters.iter().enumerate() {
        let after_lower = position > 0 && !letters[position - 1].is_uppercase();
        let before_lower = letters.get(position + 1).is_some_and(|next| next.is_lowercase());
        if letter == '_' || (letter.is_uppercase() && (after_lower || before_lower)) {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), letter != '_') {
            word.push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
