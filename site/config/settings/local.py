"""`make run`: what production runs, on embedded stores and plain http on the loopback address.

Debug is off. The secret is made once by the starter, kept in .local/, and handed over as SECRET_KEY.
"""

from __future__ import annotations

from config import env

from .base import *  # noqa: F403
from .base import BASE_DIR, SQLITE_OPTIONS, THROTTLE_RATES

LOCAL_DIR = BASE_DIR / env.optional("LOCAL_DIR", ".local")

SECRET_KEY = env.secret("SECRET_KEY")
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

# Plain http on the loopback address: these need https. Everything else stays as in production.
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER = None
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

# Whoever can reach the loopback address owns the machine; a measurement asks thousands of questions a minute.
THROTTLE_RATES = {**THROTTLE_RATES, "search": 1_000_000, "suggest": 1_000_000}
