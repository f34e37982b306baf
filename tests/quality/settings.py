"""What `make run` serves, on the engine that DATABASE_URL and ELASTICSEARCH_URL choose, without throttles."""

from __future__ import annotations

import dj_database_url

from config import env
from config.settings.local import *  # noqa: F403
from config.settings.local import DATABASES as LOCAL_DATABASES
from config.settings.local import THROTTLE_RATES as LOCAL_RATES

DATABASE_URL = env.optional("DATABASE_URL", "")
DATABASES = (
    {"default": {**dj_database_url.parse(DATABASE_URL), "CONN_MAX_AGE": None}}
    if DATABASE_URL
    else LOCAL_DATABASES
)
ELASTICSEARCH_URL = env.optional("ELASTICSEARCH_URL", "")
ELASTICSEARCH_INDEX = "candour-quality"
# Long timeouts, so that Elasticsearch answers itself: the database is measured separately.
ELASTICSEARCH_SECONDS = 10.0
THROTTLE_RATES = dict.fromkeys(LOCAL_RATES, 10**9)
# Nobody looks at the pages.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
