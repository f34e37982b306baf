"""The settings of the tests: a fast hasher, plain static files, no threads; all else is as in production."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

import dj_database_url

from config import env

from .base import *  # noqa: F403
from .base import SQLITE_OPTIONS

SECRET_KEY = "for the tests only: nothing that is reachable is signed with it"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
WAGTAILADMIN_BASE_URL = "http://testserver"
STAFF_TWO_FACTOR = "offered"
LOCAL_ADMIN_ALLOWED = True

DATABASE_URL = env.optional("DATABASE_URL", "")
DATABASES = {
    "default": dict(dj_database_url.parse(DATABASE_URL))
    if DATABASE_URL
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": SQLITE_OPTIONS}
}
# One folder for each process, deleted when it ends.
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="candour-test-"))
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOG_FOLLOW_SECONDS = 0  # no thread: a test calls follow_log() itself
COUNTS_FLUSH_SECONDS = 0  # no thread: a test calls flush() itself

# The test client uses plain http; tests/config/test_settings.py tests https with production's settings.
SECURE_SSL_REDIRECT = False

# tests/on_elasticsearch.py starts a server and sets this variable.
TEST_ELASTICSEARCH_URL = env.optional("ELASTICSEARCH_URL", "")
