"""The settings that `make run` and `make dev` share: SQLite in .local/, plain http on loopback."""

from __future__ import annotations

from config import env

from .base import *  # noqa: F403
from .base import BASE_DIR, SQLITE_OPTIONS

LOCAL_DIR = BASE_DIR / env.optional("LOCAL_DIR", ".local")
PORT = env.whole_number("PORT", 8000, least=1)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
WAGTAILADMIN_BASE_URL = f"http://127.0.0.1:{PORT}"
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
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Off because they need https; all others are as in production.
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER = None
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
