"""Prints the events and the issues that a Bugsink has in its database, as JSON."""

import json
import sqlite3
import sys

connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
connection.row_factory = sqlite3.Row
tables = {"events": "events_event", "issues": "issues_issue"}
rows = {name: [dict(row) for row in connection.execute(f"select * from {table}")] for name, table in tables.items()}
print(json.dumps(rows, default=str))
