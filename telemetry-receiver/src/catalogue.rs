//! Which events programs may send: the JSON Schemas of their catalogues.

use std::collections::HashMap;
use std::path::Path;

use boon::{Compiler, ErrorKind, SchemaIndex, Schemas, ValidationError};
use serde_json::Value;

use crate::error::Error;

/// The catalogues of one or more programs. An event is known if one of them has it.
#[derive(Default)]
pub(crate) struct Catalogues {
    schemas: Schemas,
    /// By event and kind.
    events: HashMap<(String, String), Vec<SchemaIndex>>,
}

impl Catalogues {
    /// Reads files that `Catalogue::to_json_schema` wrote. An empty list is none: then every event is known.
    pub(crate) fn read(files: &[impl AsRef<Path>]) -> Result<Option<Self>, Error> {
        let mut catalogues = Self::default();
        for (number, file) in files.iter().enumerate() {
            let subject = format!("the catalogue {}", file.as_ref().display());
            let text = std::fs::read(file).map_err(|why| Error::new(&subject, why))?;
            let schema = serde_json::from_slice(&text)
                .map_err(|why| Error::new(&subject, format!("expected a catalogue's JSON Schema: {why}")))?;
            catalogues.add(number, schema).map_err(|why| Error::new(&subject, why))?;
        }
        Ok((!files.is_empty()).then_some(catalogues))
    }

    /// Each event gets a schema of its own, so that what does not fit can be named.
    fn add(&mut self, number: usize, schema: Value) -> Result<(), String> {
        let events = schema.pointer("/properties/events/items/anyOf").and_then(Value::as_array);
        let events = events
            .ok_or("expected a catalogue's JSON Schema, which has its events in `properties.events.items.anyOf`")?;
        let word = |event: &Value, name: &str| {
            event.pointer(&format!("/properties/{name}/const")).and_then(Value::as_str).map(ToOwned::to_owned)
        };
        let names: Option<Vec<_>> =
            events.iter().map(|event| Some((word(event, "event")?, word(event, "kind")?))).collect();
        let names =
            names.ok_or("expected a catalogue's JSON Schema, in which each event has an `event` and a `kind`")?;
        let root = format!("catalogue:///{number}");
        let mut compiler = Compiler::new();
        compiler.add_resource(&root, schema).map_err(|why| format!("cannot be used as a JSON Schema: {why}"))?;
        for (position, name) in names.into_iter().enumerate() {
            let place = format!("{root}#/properties/events/items/anyOf/{position}");
            let schema = compiler
                .compile(&place, &mut self.schemas)
                .map_err(|why| format!("cannot be used as a JSON Schema: {why}"))?;
            self.events.entry(name).or_default().push(schema);
        }
        Ok(())
    }

    /// Whether there is such an event at all.
    pub(crate) fn has(&self, event: &str, kind: &str) -> bool {
        self.events.contains_key(&(event.to_owned(), kind.to_owned()))
    }

    /// What is wrong with an event: a place in it and a word of its catalogue, and never a value.
    pub(crate) fn check(&self, event: &str, kind: &str, value: &Value) -> Result<(), String> {
        let mut said = None;
        for schema in self.events.get(&(event.to_owned(), kind.to_owned())).into_iter().flatten() {
            match self.schemas.validate(value, *schema) {
                Ok(()) => return Ok(()),
                Err(why) => said = Some(said.unwrap_or_else(|| say(&why))),
            }
        }
        Err(said.unwrap_or_else(|| "not in the catalogue".into()))
    }
}

/// The first thing that is wrong, where it is most exact.
fn say(error: &ValidationError<'_, '_>) -> String {
    if let Some(cause) = error.causes.first() {
        return say(cause);
    }
    let place = error.instance_location.to_string();
    let place = if place.is_empty() { "the event".into() } else { place };
    match &error.kind {
        ErrorKind::AdditionalProperties { got } => format!("{place}: `{}` is not in the catalogue", got.join("`, `")),
        ErrorKind::Required { want } => format!("{place}: `{}` is missing", want.join("`, `")),
        ErrorKind::Type { .. } => format!("{place}: {}", error.kind),
        ErrorKind::Enum { .. } => format!("{place}: is none of the words"),
        ErrorKind::Const { .. } | ErrorKind::Pattern { .. } => format!("{place}: has another form"),
        ErrorKind::Minimum { .. } => format!("{place}: is too small"),
        ErrorKind::MaxItems { .. } => format!("{place}: is too long"),
        _ => format!("{place}: does not fit"),
    }
}
