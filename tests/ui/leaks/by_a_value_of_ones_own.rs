//! Nobody else makes a value, a label, a template, a range or what an error says out of a text.

use telemetry_runtime::{Bucket, ErrorText, Id, Label, Template, Value, ValueRef, label, template};

fn sync(text: &'static str) {
    let _ = Value(text);
    let _: Value = ValueRef::Text(text).into();
    let _ = Label(text);
    let _: Label = text.into();
    let _ = label!(text);
    let _ = Template::new(text);
    let _ = template!(text);
    let _ = template!("/tables/{text}", text = text);
    let _ = Bucket { first: None, last: None };
    let _ = ErrorText(text.to_owned());
    let _: ErrorText = text.to_owned().into();
    let _ = Id(1);
}

fn main() {}
