import os

from bugsink.settings.default import *

FOLDER = os.environ["BUGSINK_FOLDER"]
SECRET_KEY = "x" * 50
SENTRY_DSN = None
DATABASES["default"]["NAME"] = f"{FOLDER}/db.sqlite3"
DATABASES["snappea"]["NAME"] = f"{FOLDER}/snappea.sqlite3"
# Digests within the request: what was answered is in the database.
SNAPPEA = {"TASK_ALWAYS_EAGER": True}
EMAIL_BACKEND = "bugsink.email_backends.QuietConsoleEmailBackend"
BUGSINK = {
    "BASE_URL": os.environ.get("BUGSINK_URL", "http://127.0.0.1:8000"),
    "SINGLE_USER": True,
    "SINGLE_TEAM": True,
    "USER_REGISTRATION": "CB_NOBODY",
    "PHONEHOME": False,
    # Sentry's own schema of events, or nothing at all.
    "VALIDATE_ON_DIGEST": os.environ.get("BUGSINK_VALIDATES", "none"),
    "MAX_EVENTS_PER_PROJECT_PER_5_MINUTES": int(os.environ.get("BUGSINK_MOST", "100000")),
    "MAX_EVENTS_PER_PROJECT_PER_HOUR": 100000,
    "MAX_EVENTS_PER_5_MINUTES": 100000,
    "MAX_EVENTS_PER_HOUR": 100000,
    "INGEST_STORE_BASE_DIR": f"{FOLDER}/ingestion",
}
