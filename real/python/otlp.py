"""Reads requests, a JSON object a line (path, type, body in base64), and decodes them by OpenTelemetry's published schema.

Prints the records as JSON. What the schema does not know, or would not write, is a problem.
"""

import base64
import json
import sys

from google.protobuf import json_format
from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {
    "/v1/logs": ExportLogsServiceRequest,
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
}
IDS = {"traceId", "spanId", "parentSpanId"}
problems = []
records = []


def text(value):
    """An AnyValue, as rotel prints it."""
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return f"Str({value.string_value})"
    if kind == "int_value":
        return f"Int({value.int_value})"
    if kind == "double_value":
        return f"Double({value.double_value!r})"
    if kind == "bool_value":
        return f"Bool({str(value.bool_value).lower()})"
    if kind == "array_value":
        return f"Slice({', '.join(text(item) for item in value.array_value.values)})"
    return f"{kind}"


def attributes(of):
    found = {}
    for pair in of:
        if pair.key in found:
            problems.append(f"attribute {pair.key} is there twice")
        found[pair.key] = text(pair.value)
    return found


def unknown(message, path):
    for field in UnknownFieldSet(message):
        problems.append(f"{path} has a field {field.field_number} that the schema does not know")
    for field, value in message.ListFields():
        if field.message_type is not None:
            several = value if hasattr(value, "__len__") else [value]
            for one in several:
                unknown(one, f"{path}.{field.name}")


def ids_in_base64(node):
    """OTLP's JSON has ids in hexadecimal digits, protobuf's own in base64."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in IDS and isinstance(value, str):
                node[key] = base64.b64encode(bytes.fromhex(value)).decode()
            elif isinstance(value, int) and not isinstance(value, bool) and key.endswith("UnixNano"):
                problems.append(f"{key} is a number: 64 bits are a text")
            elif key in {"kind", "severityNumber", "aggregationTemporality", "code"} and isinstance(value, str):
                problems.append(f"{key} is a text: OTLP's enums are numbers")
            else:
                ids_in_base64(value)
    elif isinstance(node, list):
        for one in node:
            ids_in_base64(one)


def parse(request):
    body = base64.b64decode(request["body"])
    kind = REQUESTS[request["path"]]
    if request["type"] == "application/json":
        tree = json.loads(body)
        ids_in_base64(tree)
        return json_format.ParseDict(tree, kind())
    message = kind.FromString(body)
    unknown(message, kind.__name__)
    # Fields may come in any order; what is said twice, or is what it would be anyway, makes it longer.
    again = message.SerializeToString(deterministic=True)
    if len(again) != len(body):
        problems.append(f"{kind.__name__}: {len(body)} bytes, of which the schema's own writer writes {len(again)}")
    return message


for line in sys.stdin:
    request = json.loads(line)
    try:
        message = parse(request)
    except Exception as problem:
        problems.append(f"{request['path']}: {problem}")
        continue
    for group in getattr(message, "resource_logs", []):
        for scope in group.scope_logs:
            for record in scope.log_records:
                records.append({
                    "signal": "logs",
                    "name": record.event_name,
                    "time": str(record.time_unix_nano),
                    "observed": str(record.observed_time_unix_nano),
                    "severity": record.severity_number,
                    "body": text(record.body) if record.HasField("body") else "",
                    "trace": record.trace_id.hex(),
                    "span": record.span_id.hex(),
                    "attributes": attributes(record.attributes),
                    "resource": attributes(group.resource.attributes),
                    "scope": scope.scope.name,
                })
    for group in getattr(message, "resource_spans", []):
        for scope in group.scope_spans:
            for span in scope.spans:
                records.append({
                    "signal": "traces",
                    "name": span.name,
                    "time": str(span.start_time_unix_nano),
                    "end": str(span.end_time_unix_nano),
                    "kind": span.kind,
                    "status": span.status.code,
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "attributes": attributes(span.attributes),
                    "resource": attributes(group.resource.attributes),
                    "scope": scope.scope.name,
                })
    for group in getattr(message, "resource_metrics", []):
        for scope in group.scope_metrics:
            for metric in scope.metrics:
                points = getattr(metric, metric.WhichOneof("data")).data_points
                for point in points:
                    records.append({
                        "signal": "metrics",
                        "name": metric.name,
                        "data": metric.WhichOneof("data"),
                        "monotonic": metric.sum.is_monotonic,
                        "temporality": metric.sum.aggregation_temporality,
                        "unit": metric.unit,
                        "start": str(point.start_time_unix_nano),
                        "time": str(point.time_unix_nano),
                        "value": point.as_int if point.WhichOneof("value") == "as_int" else point.as_double,
                        "attributes": attributes(point.attributes),
                        "resource": attributes(group.resource.attributes),
                        "scope": scope.scope.name,
                    })

print(json.dumps({"problems": sorted(set(problems)), "records": records}))
