//! What the engine tells of itself: how much there is of everything, and never what it is called.

use serde_json::Value;
use telemetry_runtime::{ClosedEnum, Field, Snapshot, counter, counters, gauge};
use uuid::Uuid;

use crate::metadata::{list, tables};
use crate::store::Store;

/// The sample that every engine sends.
#[derive(Snapshot)]
#[snapshot(
    event = "server_metrics",
    purpose = "how large the databases are that the engine serves",
    owner = "server team"
)]
pub(crate) struct ServerMetrics {
    db_uid: Uuid,
    views: usize,
    tables: usize,
    functions: usize,
    permissions: Permissions,
    relationships: Relationships,
    event_triggers: usize,
    remote_schemas: usize,
}

#[derive(Field)]
struct Permissions {
    roles: usize,
    delete: usize,
    insert: usize,
    select: usize,
    update: usize,
}

#[derive(Field)]
struct Relationships {
    auto: usize,
    manual: usize,
}

/// The sample of one source, of the enterprise edition.
#[derive(Snapshot)]
#[snapshot(event = "source_metrics", purpose = "which databases are used, and how", owner = "server team")]
pub(crate) struct SourceMetrics {
    backend_type: Option<Backend>,
    read_replicas: usize,
    health_check_enabled: bool,
    tables: usize,
    views: usize,
    enum_tables: usize,
    relationships_manual: usize,
    relationships_auto: usize,
    permissions_select: usize,
    permissions_insert: usize,
    permissions_update: usize,
    permissions_delete: usize,
    permissions_roles: usize,
    event_triggers: usize,
    functions: usize,
    native_queries: usize,
    query_tags_enabled: bool,
    connection_templates_enabled: bool,
}

/// The kinds of databases that there are: another word in the metadata is not told.
#[derive(Clone, Copy, ClosedEnum)]
enum Backend {
    Postgres,
    Mssql,
    Bigquery,
}

impl Backend {
    fn of(source: &Value) -> Option<Self> {
        match source["kind"].as_str()? {
            "postgres" => Some(Self::Postgres),
            "mssql" => Some(Self::Mssql),
            "bigquery" => Some(Self::Bigquery),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, ClosedEnum)]
pub(crate) enum Operation {
    Query,
    Mutation,
    Subscription,
    Unknown,
}

#[derive(Clone, Copy, ClosedEnum)]
pub(crate) enum Status {
    Success,
    Failed,
}

counter! {
    pub(crate) REQUEST_BYTES: "hasura_http_request_bytes_total", purpose = "how much is asked for";
    pub(crate) RESPONSE_BYTES: "hasura_http_response_bytes_total", purpose = "how much is answered";
}

counters! {
    pub(crate) REQUESTS: "hasura_graphql_requests_total" { operation_type: Operation, response_status: Status },
        purpose = "which operations are used";
}

gauge! { pub(crate) RESOURCE_VERSION: "hasura_metadata_resource_version", purpose = "how often metadata change" }

/// The tables of some metadata, counted.
struct Counted<'a>(Vec<&'a Value>);

impl Counted<'_> {
    fn views(&self, is_view: bool) -> usize {
        self.0.iter().filter(|table| (table["is_view"] == true) == is_view).count()
    }

    fn all(&self, name: &str) -> usize {
        self.0.iter().map(|table| list(table, name).len()).sum()
    }

    fn relationships(&self) -> Relationships {
        let all = self.all("relationships");
        let is_manual = |to: &&Value| to["manual"] == true;
        let manual = self.0.iter().map(|table| list(table, "relationships").iter().filter(is_manual).count()).sum();
        Relationships { auto: all - manual, manual }
    }

    fn permissions(&self) -> Permissions {
        let of = |action: &str| format!("{action}_permissions");
        let names = ["delete", "insert", "select", "update"].map(of);
        let rules = names.iter().flat_map(|name| self.0.iter().flat_map(|table| list(table, name)));
        let allowed: std::collections::BTreeSet<_> = rules.filter_map(|rule| rule["role"].as_str()).collect();
        Permissions {
            roles: allowed.len(),
            delete: self.all(&of("delete")),
            insert: self.all(&of("insert")),
            select: self.all(&of("select")),
            update: self.all(&of("update")),
        }
    }
}

impl ServerMetrics {
    pub(crate) fn of(store: &Store) -> Self {
        let db_uid = store.db_uid();
        store.with(|metadata| {
            let counted = Counted(tables(metadata).collect());
            Self {
                db_uid,
                views: counted.views(true),
                tables: counted.views(false),
                functions: list(metadata, "sources").iter().map(|source| list(source, "functions").len()).sum(),
                permissions: counted.permissions(),
                relationships: counted.relationships(),
                event_triggers: counted.all("event_triggers"),
                remote_schemas: list(metadata, "remote_schemas").len(),
            }
        })
    }
}

impl SourceMetrics {
    pub(crate) fn of_all(store: &Store) -> Vec<Self> {
        store.with(|metadata| list(metadata, "sources").iter().map(Self::of).collect())
    }

    fn of(source: &Value) -> Self {
        let counted = Counted(list(source, "tables").iter().collect());
        let (Permissions { roles, delete, insert, select, update }, relationships) =
            (counted.permissions(), counted.relationships());
        Self {
            backend_type: Backend::of(source),
            read_replicas: list(source, "read_replicas").len(),
            health_check_enabled: source["health_check"].is_object(),
            tables: counted.views(false),
            views: counted.views(true),
            enum_tables: counted.0.iter().filter(|table| table["is_enum"] == true).count(),
            relationships_manual: relationships.manual,
            relationships_auto: relationships.auto,
            permissions_select: select,
            permissions_insert: insert,
            permissions_update: update,
            permissions_delete: delete,
            permissions_roles: roles,
            event_triggers: counted.all("event_triggers"),
            functions: list(source, "functions").len(),
            native_queries: list(source, "native_queries").len(),
            query_tags_enabled: source["query_tags"]["disabled"] == false,
            connection_templates_enabled: source["connection_template"].is_object(),
        }
    }
}
