"""Reads Sentry events, a JSON object a line, and says what Relay's normaliser finds wrong with them, as JSON, a line each."""

import json
import sys

from sentry_relay.processing import StoreNormalizer

for line in sys.stdin:
    normalizer = StoreNormalizer(project_id=1, client_ip=None, client="real/0.1", protocol_version="7")
    event = normalizer.normalize_event(json.loads(line))
    print(json.dumps({"errors": event.get("errors"), "meta": event.get("_meta"), "event": event}))
