//! The options that stand in a derive's attributes.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitStr};

use crate::args::{Arg, set_once};
use crate::diagnostics::Faults;

/// Goes through the options of every attribute of this name.
pub(crate) fn each_option(
    attributes: &[Attribute],
    name: &str,
    faults: &mut Faults,
    mut option: impl FnMut(ParseNestedMeta<'_>, &mut Faults) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        if let Err(error) = attribute.parse_nested_meta(|meta| option(meta, faults)) {
            faults.add_error(error);
        }
    }
}

/// The name that `#[telemetry(rename = "…")]` gives to `what`: a variant, or a member.
pub(crate) fn given_name(attributes: &[Attribute], what: &str, faults: &mut Faults) -> Option<LitStr> {
    let mut rename = None;
    each_option(attributes, "telemetry", faults, |option, faults| {
        let key = option.path.require_ident()?.clone();
        if key != "rename" {
            return Err(option.error(format_args!("unknown option: {what} takes `rename = \"…\"`")));
        }
        let name: LitStr = option.value()?.parse()?;
        set_once(&mut rename, name, key, faults);
        Ok(())
    });
    rename.map(|rename: Arg<_>| rename.value)
}
