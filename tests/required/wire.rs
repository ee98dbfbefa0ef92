//! What is on the wire, key for key.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use telemetry_tests::Receiver;

use crate::{Metered, reports, rows, tables};

/// Without what is another one each time.
fn masked(report: &Value) -> Value {
    let mut report = report.clone();
    for name in ["request_id", "time"] {
        if let Some(value) = report.get_mut(name) {
            *value = Value::Null;
        }
    }
    report
}

/// CQ-05, CQ-06, CQ-07, CQ-08, CQ-09: the names of the document: the plugin with its team, its kind, the tables whose names stand in
/// the source, and rows.
#[test]
fn a_report_is_the_documents() {
    let (metered, receiver) = (Metered::new(), Receiver::start());
    metered.say(&receiver.url(), "aws.instances=70 aws.buckets=40 aws.buckets=10 aws=5 flush postgres=25 flush");
    let bodies: Vec<_> = receiver.requests().iter().map(|request| masked(&request.body)).collect();
    let of_aws = json!({
        "request_id": null, "time": null, "app": "metered", "version": "0.1.0",
        "plugin_name": "cloudquery/aws", "plugin_kind": "source",
        "resource_count": 125,
        "tables": [
            {"table_name": "aws_ec2_instances", "resource_count": 70},
            {"table_name": "aws_s3_buckets", "resource_count": 50}
        ]
    });
    // Of a plugin whose tables are the user's, no table has a name.
    let of_postgres = json!({
        "request_id": null, "time": null, "app": "metered", "version": "0.1.0",
        "plugin_name": "cloudquery/postgresql", "plugin_kind": "destination",
        "resource_count": 25
    });
    assert_eq!(bodies, [of_aws, of_postgres]);
    let request = receiver.requests().remove(0);
    assert!(request.headers.contains(&("authorization".into(), "Bearer usage-secret".into())));
    assert!(request.headers.contains(&("content-type".into(), "application/json".into())));
}

/// CQ-06 … CQ-09, as the plugin SDK's `premium/usage.go` has them in its request body: `RequestId`, `PluginTeam`, `PluginKind`,
/// `PluginName`, `Rows`, `Tables` of `Name` and `Rows`.
#[test]
fn a_report_is_the_plugin_sdks() {
    let (metered, receiver) = (Metered::new().with("METERED_SDK", "1"), Receiver::start());
    metered.say(&receiver.url(), "aws.buckets=500 aws=700 flush");
    let body = masked(&receiver.requests()[0].body);
    let expected = json!({
        "request_id": null, "plugin_team": "cloudquery", "plugin_name": "aws", "plugin_kind": "source",
        "rows": 1200,
        "tables": [{"name": "aws_s3_buckets", "rows": 500}]
    });
    assert_eq!(body, expected);
}

/// However many tables there are, a list has 64 at most, and each table is in one report.
#[test]
fn many_tables_are_several_reports() {
    let (metered, receiver) = (Metered::new(), Receiver::start());
    metered.say(&receiver.url(), "many=3 aws=1 flush");
    let reports = reports([&receiver]);
    let sizes: BTreeSet<_> = reports.iter().map(|report| report["tables"].as_array().unwrap().len()).collect();
    assert_eq!((reports.len(), sizes), (3, BTreeSet::from([2, 64])));
    assert_eq!(rows(&reports), 391);
    let tables = tables(&reports);
    assert!(tables.len() == 130 && tables.values().all(|rows| *rows == 3), "{tables:?}");
}

/// Whatever a literal holds, the body is JSON.
#[test]
fn a_tables_name_is_written_as_json_has_it() {
    let (metered, receiver) = (Metered::new(), Receiver::start());
    metered.say(&receiver.url(), "aws.quoted=1 flush");
    assert_eq!(tables(&reports([&receiver])).into_keys().collect::<Vec<_>>(), ["a \"table\"\\\u{1}"]);
}

/// CQ-06: what is no plugin's name, but somebody's, is not told. The rows are.
#[test]
fn nobody_is_named() {
    let (metered, receiver) = (Metered::new(), Receiver::start());
    metered.say(&receiver.url(), "person=3 flush");
    let reports = reports([&receiver]);
    assert_eq!((rows(&reports), reports[0].get("plugin_name")), (3, None));
    assert!(!json!(reports).to_string().contains("secret"));
}
