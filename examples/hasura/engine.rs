//! The engine: what its handlers do, each of them tracked. What is called for every request is only counted.

use std::fmt;

use serde_json::{Map, Value, json};
use telemetry_runtime::{record, tracked};

use crate::metadata::{self, list, tables};
use crate::samples::{Operation, REQUESTS, RESOURCE_VERSION, Status};
use crate::store::{self, Store};

pub(crate) struct Engine {
    pub(crate) store: Store,
    /// The rows of each table, by its name.
    rows: Value,
}

/// Why a request is not answered as it was meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    NotUnderstood,
    NoSuchField,
    NotAllowed,
    NotKept,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotUnderstood => "the request cannot be understood",
            Self::NoSuchField => "no such field",
            Self::NotAllowed => "the role may not do that",
            Self::NotKept => "the metadata cannot be written",
        })
    }
}

impl std::error::Error for Refused {}

/// `query { table { column … } }`.
struct Query<'a> {
    operation: Operation,
    table: &'a str,
    columns: Vec<&'a str>,
}

#[tracked(aggregate, purpose = "how long queries take to be understood")]
fn parse(text: &str) -> Result<Query<'_>, Refused> {
    let (head, body) = text.split_once('{').ok_or(Refused::NotUnderstood)?;
    let operation = match head.split_whitespace().next() {
        None | Some("query") => Operation::Query,
        Some("mutation") => Operation::Mutation,
        Some("subscription") => Operation::Subscription,
        Some(_) => return Err(Refused::NotUnderstood),
    };
    let (table, columns) = body.split_once('{').ok_or(Refused::NotUnderstood)?;
    let columns = columns.split_once('}').ok_or(Refused::NotUnderstood)?.0.split_whitespace().collect();
    Ok(Query { operation, table: table.trim(), columns })
}

impl Engine {
    pub(crate) fn new(store: Store, rows: Value) -> Self {
        RESOURCE_VERSION.set(store.resource_version());
        Self { store, rows }
    }

    /// Answers a query in the name of a role.
    #[tracked(aggregate, purpose = "how long queries take, and how many fail")]
    pub(crate) fn graphql(&self, role: &str, text: &str) -> Result<Value, Refused> {
        let query = parse(text);
        let operation = query.as_ref().map_or(Operation::Unknown, |query| query.operation);
        let answer = query.and_then(|query| self.select(role, &query));
        REQUESTS.of((operation, if answer.is_ok() { Status::Success } else { Status::Failed })).add(1);
        answer
    }

    fn select(&self, role: &str, query: &Query<'_>) -> Result<Value, Refused> {
        if !matches!(query.operation, Operation::Query) {
            return Err(Refused::NotAllowed);
        }
        self.store.with(|metadata| {
            let table = tables(metadata).find(|table| table["name"] == query.table).ok_or(Refused::NoSuchField)?;
            let is_column = |name: &&str| list(table, "columns").iter().any(|column| column == name);
            let permission = list(table, "select_permissions").iter().find(|rule| rule["role"] == role);
            let may_see = |name: &&str| {
                role == "admin"
                    || permission.is_some_and(|rule| list(rule, "columns").iter().any(|column| column == name))
            };
            if !query.columns.iter().all(is_column) {
                return Err(Refused::NoSuchField);
            }
            if !query.columns.iter().all(may_see) {
                return Err(Refused::NotAllowed);
            }
            let rows = list(&self.rows, query.table).iter().map(|row| {
                let columns = query.columns.iter().map(|name| ((*name).to_owned(), row[*name].clone()));
                Value::Object(columns.collect::<Map<_, _>>())
            });
            Ok(json!({"data": {query.table: rows.collect::<Vec<_>>()}}))
        })
    }

    /// What is asked of the metadata.
    pub(crate) fn metadata(&self, request: &Value) -> Result<Value, Refused> {
        match request["type"].as_str() {
            Some("export_metadata") => Ok(self.export_metadata()),
            Some("replace_metadata") => self.replace_metadata(request["args"].clone()),
            Some("clear_metadata") => self.replace_metadata(metadata::empty()),
            Some("get_inconsistent_metadata") => Ok(self.inconsistent_metadata()),
            _ => Err(Refused::NotUnderstood),
        }
    }

    #[tracked(purpose = "how metadata are moved between engines")]
    pub(crate) fn export_metadata(&self) -> Value {
        let (resource_version, metadata) = self.store.export();
        record!(tables: usize = tables(&metadata).count());
        json!({"resource_version": resource_version, "metadata": metadata})
    }

    /// Consoles ask it again and again.
    #[tracked(limit = "60/min", purpose = "how often metadata are looked at that cannot be")]
    pub(crate) fn inconsistent_metadata(&self) -> Value {
        json!(self.store.with(store::inconsistencies))
    }

    #[tracked(purpose = "how metadata are moved between engines")]
    fn replace_metadata(&self, metadata: Value) -> Result<Value, Refused> {
        if !metadata.is_object() {
            return Err(Refused::NotUnderstood);
        }
        record!(tables: usize = tables(&metadata).count());
        let inconsistent = store::inconsistencies(&metadata);
        let version = self.store.replace(metadata).map_err(|_| Refused::NotKept)?;
        RESOURCE_VERSION.set(version);
        Ok(json!({"resource_version": version, "inconsistent_objects": inconsistent}))
    }
}
