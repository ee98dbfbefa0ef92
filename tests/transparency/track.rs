//! Puts the attribute on every function of a file.

use std::collections::BTreeMap;

use syn::spanned::Spanned;
use syn::token::Default;
use syn::visit::{self, Visit};
use syn::{Attribute, File, ForeignItemFn, ImplItemFn, ItemFn, Signature, TraitItemFn, Visibility};

const ATTRIBUTE: &str = "#[::telemetry_runtime::tracked] ";

/// The functions of a crate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Functions {
    /// How many have the attribute.
    pub(crate) tracked: usize,
    /// How many cannot have it, by reason.
    pub(crate) excluded: BTreeMap<&'static str, usize>,
}

/// One file in both forms. Lines and columns are the same in both.
#[derive(Debug)]
pub(crate) struct Forms {
    /// With blanks.
    pub(crate) before: String,
    /// With the attribute.
    pub(crate) after: String,
}

/// Finds the functions of a file and adds them to `functions`.
pub(crate) fn track(source: &str, functions: &mut Functions) -> syn::Result<Forms> {
    let file: File = syn::parse_str(source)?;
    let mut finder = Finder { places: Vec::new(), functions };
    finder.visit_file(&file);
    let mut places = finder.places;
    places.sort_unstable();
    let blank = " ".repeat(ATTRIBUTE.len());
    Ok(Forms { before: insert(source, &places, &blank), after: insert(source, &places, ATTRIBUTE) })
}

fn insert(source: &str, places: &[usize], text: &str) -> String {
    let mut inserted = String::with_capacity(source.len() + places.len() * text.len());
    let mut copied = 0;
    for &place in places {
        inserted.push_str(&source[copied..place]);
        inserted.push_str(text);
        copied = place;
    }
    inserted.push_str(&source[copied..]);
    inserted
}

struct Finder<'functions> {
    /// Byte offsets.
    places: Vec<usize>,
    functions: &'functions mut Functions,
}

impl Finder<'_> {
    fn found(
        &mut self,
        attributes: &[Attribute],
        visibility: Option<&Visibility>,
        default: Option<&Default>,
        signature: &Signature,
        has_body: bool,
    ) {
        if let Some(reason) = reason_against(attributes, signature, has_body) {
            *self.functions.excluded.entry(reason).or_default() += 1;
            return;
        }
        // After other attributes, before everything else.
        let visibility = visibility.filter(|visibility| !matches!(visibility, Visibility::Inherited));
        let first = visibility.map(Spanned::span).or(default.map(|default| default.span));
        self.places.push(first.unwrap_or_else(|| signature.span()).byte_range().start);
        self.functions.tracked += 1;
    }
}

/// Why a function cannot be tracked.
fn reason_against(attributes: &[Attribute], signature: &Signature, has_body: bool) -> Option<&'static str> {
    if signature.constness.is_some() {
        Some("const fn")
    } else if !has_body {
        Some("no body")
    } else if attributes.iter().any(|attribute| attribute.path().is_ident("naked")) {
        Some("naked")
    } else if signature.ident.to_string().chars().all(|letter| letter == '_') {
        Some("no name for the event")
    } else {
        None
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.found(&item.attrs, Some(&item.vis), item.modifiers.defaultness.as_ref(), &item.sig, true);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.found(&item.attrs, Some(&item.vis), item.modifiers.defaultness.as_ref(), &item.sig, true);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        let defaultness = item.modifiers.defaultness.as_ref();
        self.found(&item.attrs, None, defaultness, &item.sig, item.default.is_some());
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_foreign_item_fn(&mut self, _: &'ast ForeignItemFn) {
        *self.functions.excluded.entry("extern block").or_default() += 1;
    }
}
