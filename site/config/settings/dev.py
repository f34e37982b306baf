"""`make dev`: debug, reload, SQLite in .local/, mail on the console. Never reachable from outside."""

from __future__ import annotations

from .base import *  # noqa: F403
from .base import BASE_DIR, SQLITE_OPTIONS

LOCAL_DIR = BASE_DIR / ".local"

DEBUG = True
SECRET_KEY = "for development on this machine only, never for a reachable site"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
WAGTAILADMIN_BASE_URL = "http://127.0.0.1:8000"
STAFF_TWO_FACTOR = "offered"
LOCAL_ADMIN_ALLOWED = True

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": LOCAL_DIR / "db.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": SQLITE_OPTIONS,
    }
}
MEDIA_ROOT = LOCAL_DIR / "media"
STATIC_ROOT = LOCAL_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
