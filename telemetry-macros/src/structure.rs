//! `#[derive(Field)]` and `#[derive(Snapshot)]`: a struct whose members are fields, as one field, and as an event.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DataStruct, DeriveInput, Fields, GenericParam, Generics, LitStr, Path};

use crate::args::{Arg, set_once};
use crate::diagnostics::Faults;
use crate::options::{each_option, given_name};
use crate::paths::Root;
use crate::validate::{expiry, is_field_name, name_problem, note};

/// A struct has this many members at most: as the runtime has it.
const MEMBER_LIMIT: usize = 64;

/// Implements what makes a struct a field; beside the faults too, so that a use of it is not one more.
pub(crate) fn derive_field(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut faults = Faults::new();
    let structure = Structure::parse(&input, &mut faults);
    let implementation = structure.map(|structure| structure.field());
    match faults.finish() {
        Ok(()) => quote!(#implementation),
        Err(faults) => quote!(#faults #implementation),
    }
}

/// The same, and what makes it an event.
pub(crate) fn derive_snapshot(input: TokenStream, is_recorded: bool) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut faults = Faults::new();
    let structure = Structure::parse(&input, &mut faults);
    let site = Site::parse(&input, &mut faults);
    let implementation = structure.map(|structure| {
        let (field, snapshot) = (structure.field(), structure.snapshot(&site, is_recorded));
        quote!(#field #snapshot)
    });
    match faults.finish() {
        Ok(()) => quote!(#implementation),
        Err(faults) => quote!(#faults #implementation),
    }
}

/// A struct with named members.
struct Structure<'input> {
    input: &'input DeriveInput,
    members: Vec<Member<'input>>,
    root: Root,
}

/// A member and its name on the wire.
struct Member<'input> {
    field: &'input syn::Field,
    name: String,
}

impl<'input> Structure<'input> {
    /// `None` if there can be no members.
    fn parse(input: &'input DeriveInput, faults: &mut Faults) -> Option<Self> {
        let root = root(&input.attrs, faults);
        let keyword: &dyn ToTokens = match &input.data {
            Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) => {
                let mut seen = HashSet::new();
                if let Some(surplus) = fields.named.iter().nth(MEMBER_LIMIT) {
                    faults.add(
                        &surplus.ident,
                        format_args!("a struct that is a field has at most {MEMBER_LIMIT} members"),
                    );
                }
                let members = fields.named.iter().take(MEMBER_LIMIT);
                let members = members.filter_map(|field| Member::parse(field, &mut seen, faults)).collect();
                let generics = refuse_parameters(&input.generics, faults);
                return generics.then_some(Self { input, members, root });
            }
            Data::Struct(data) => &data.struct_token,
            Data::Enum(data) => {
                faults.add(
                    data.enum_token,
                    "a field of several members is a struct; for one of several words derive `ClosedEnum`",
                );
                return None;
            }
            Data::Union(data) => &data.union_token,
        };
        faults.add(keyword, "a field of several members is a struct whose members have names");
        None
    }

    fn field(&self) -> TokenStream {
        let at = Span::mixed_site().located_at(self.input.ident.span());
        let (root, private) = (self.root.path(at), self.root.private(at));
        let name = &self.input.ident;
        let (parameters, arguments, conditions) = self.input.generics.split_for_impl();
        let members = self.members.iter().map(|Member { field, name }| {
            let ty = &field.ty;
            let at = Span::mixed_site().located_at(ty.span());
            let private = self.root.private(at);
            // Of a type that is no field, the compiler says that once, where its value is taken.
            quote_spanned!(at=> (#name, {
                use #private::KindDefault as _;
                #private::KindProbe::<#ty>::KIND
            }))
        });
        let values = self.members.iter().map(|Member { field, .. }| {
            let (ident, ty) = (&field.ident, &field.ty);
            // Where the type stands, the compiler says so if it is a wrong one.
            let at = Span::mixed_site().located_at(ty.span());
            let private = self.root.private(at);
            quote_spanned!(at=> #private::Members::push::<#ty>(to, &self.#ident);)
        });
        let fixed = self.without_lifetimes(at);
        quote_spanned! {at=>
            #[automatically_derived]
            #[allow(deprecated)]
            impl #parameters #private::Structure for #name #arguments #conditions {
                const MEMBERS: &'static [(&'static ::core::primitive::str, #private::ValueKind)] = &[#(#members),*];

                fn each(&self, to: &mut #private::Members) {
                    #(#values)*
                }
            }

            #[automatically_derived]
            impl #parameters #root::Field for #name #arguments #conditions {
                fn to_value(&self) -> #private::Value {
                    #private::struct_value(self)
                }
            }

            #[automatically_derived]
            impl #parameters #private::ListItem for #name #arguments #conditions {}

            #[automatically_derived]
            impl #parameters #private::Described for #name #arguments #conditions {
                const KIND: #private::ValueKind = #private::ValueKind::members(<Self as #private::Structure>::MEMBERS);
            }

            // Too deep is too deep whether it is used or not.
            const _: #private::ValueKind = <#fixed as #private::Described>::KIND;
        }
    }

    fn snapshot(&self, site: &Site, is_recorded: bool) -> TokenStream {
        let at = Span::mixed_site().located_at(self.input.ident.span());
        let (root, private) = (self.root.path(at), self.root.private(at));
        let name = &self.input.ident;
        let (parameters, arguments, conditions) = self.input.generics.split_for_impl();
        let source = name.unraw().to_string();
        let Site { event, purpose, owner, expires, is_cumulative } = site;
        let event = event.clone().unwrap_or_else(|| snake_case(&source));
        let purpose = purpose.as_ref().map(|purpose| quote_spanned!(at=> .purpose(#purpose)));
        let owner = owner.as_ref().map(|owner| quote_spanned!(at=> .owner(#owner)));
        let expires = expires.as_ref().map(|last| quote_spanned!(at=> .expires(#last)));
        let cumulative = is_cumulative.then(|| quote_spanned!(at=> .cumulative()));
        let fixed = self.without_lifetimes(at);
        let listed = is_recorded.then(|| {
            quote_spanned! {at=>
                const _: () = {
                    #[#private::linkme::distributed_slice(#private::TELEMETRY_SNAPSHOTS)]
                    #[linkme(crate = #private::linkme)]
                    static SITE: #private::SnapshotSite = <#fixed as #root::Snapshot>::SITE;
                };
            }
        });
        quote_spanned! {at=>
            #[automatically_derived]
            impl #parameters #root::Snapshot for #name #arguments #conditions {
                const SITE: #private::SnapshotSite = #private::SnapshotSite::new(
                    #event,
                    #source,
                    #private::module_path!(),
                    <Self as #private::Structure>::MEMBERS,
                ) #purpose #owner #expires #cumulative;
            }

            #listed
        }
    }

    /// The struct where a static has it.
    fn without_lifetimes(&self, at: Span) -> TokenStream {
        let name = &self.input.ident;
        let lifetimes: Vec<_> = self.input.generics.lifetimes().map(|_| quote_spanned!(at=> 'static)).collect();
        if lifetimes.is_empty() { quote!(#name) } else { quote!(#name<#(#lifetimes),*>) }
    }
}

impl<'input> Member<'input> {
    /// `None` if its name cannot be sent.
    fn parse(field: &'input syn::Field, seen: &mut HashSet<String>, faults: &mut Faults) -> Option<Self> {
        let given = given_name(&field.attrs, "a member", faults);
        let own = field.ident.as_ref().map(|ident| ident.unraw().to_string()).unwrap_or_default();
        let name = given.as_ref().map_or(own, LitStr::value);
        let source: &dyn ToTokens = given.as_ref().map_or(&field.ident, |given| given);
        if !is_field_name(&name) {
            faults.add(source, "a member's name is `snake_case`: ASCII lower case letters, digits and `_`, at most 64");
        } else if seen.insert(name.clone()) {
            return Some(Self { field, name });
        } else {
            faults.add(source, format_args!("another member is called `{name}` already"));
        }
        None
    }
}

/// What stands in `#[telemetry(…)]` on the struct.
fn root(attributes: &[Attribute], faults: &mut Faults) -> Root {
    let mut root = None;
    each_option(attributes, "telemetry", faults, |option, faults| {
        let key = option.path.require_ident()?.clone();
        if key == "rename" {
            return Err(option.error("`rename` goes on a member"));
        } else if key != "crate" {
            return Err(option.error("unknown option: a struct takes `crate = path`"));
        }
        let path = option.value()?.call(Path::parse_mod_style)?;
        set_once(&mut root, path, key, faults);
        Ok(())
    });
    Root::new(root.map(|root: Arg<_>| root.value), false)
}

/// What members are is known where the struct is written, for the catalogue: of a type that is still to be given it is not. Says
/// whether there is none.
fn refuse_parameters(generics: &Generics, faults: &mut Faults) -> bool {
    let mut is_known = true;
    for parameter in &generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            faults.add(
                parameter,
                "a struct that is a field has no type parameters: the catalogue could not say what it holds",
            );
            is_known = false;
        }
    }
    is_known
}

/// What stands in `#[snapshot(…)]`.
struct Site {
    event: Option<String>,
    purpose: Option<String>,
    owner: Option<String>,
    expires: Option<String>,
    is_cumulative: bool,
}

impl Site {
    fn parse(input: &DeriveInput, faults: &mut Faults) -> Self {
        let (mut event, mut purpose, mut owner, mut expires, mut cumulative) = (None, None, None, None, None);
        each_option(&input.attrs, "snapshot", faults, |option, faults| {
            let key = option.path.require_ident()?.clone();
            if key == "cumulative" {
                set_once(&mut cumulative, (), key, faults);
                return Ok(());
            }
            let slot = match key.to_string().as_str() {
                "event" => &mut event,
                "purpose" => &mut purpose,
                "owner" => &mut owner,
                "expires" => &mut expires,
                _ => {
                    return Err(option.error(
                        "unknown option: a snapshot takes `event`, `purpose`, `owner`, `expires` and `cumulative`",
                    ));
                }
            };
            let text: LitStr = option.value()?.parse()?;
            set_once(slot, text, key, faults);
            Ok(())
        });
        let event = event.map(|event| {
            if let Some(problem) = name_problem(&event.value.value()) {
                faults.add(&event.value, problem);
            }
            event.value.value()
        });
        Self {
            event,
            purpose: note(purpose, faults),
            owner: note(owner, faults),
            expires: expiry(expires, faults),
            is_cumulative: cumulative.is_some(),
        }
    }
}

/// `ServerMetrics` → `server_metrics`
fn snake_case(name: &str) -> String {
    crate::closed_enum::words(name).join("_").to_lowercase()
}
