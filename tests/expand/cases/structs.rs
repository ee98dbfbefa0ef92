//! A struct of fields is a field, and an event of its own. Metrics are statics.

use telemetry_runtime::{ClosedEnum, Hashed, Snapshot, counter, gauges};

#[derive(ClosedEnum)]
pub enum Role {
    Primary,
    Replica,
}

#[derive(telemetry_runtime::Field)]
pub struct Permissions {
    pub roles: u32,
    #[telemetry(rename = "select")]
    pub reads: Option<u32>,
}

#[derive(Snapshot)]
#[snapshot(event = "source_metrics", purpose = "how large databases are", expires = "2027-06", cumulative)]
pub struct SourceMetrics<'a> {
    pub name: Hashed<'a>,
    pub permissions: Permissions,
}

counter! { pub REQUESTS: "requests_total", purpose = "what is asked for" }

gauges! { pub CONNECTIONS: "connections" { role: Role, source: Hashed } }
