"""The settings of production. A missing or wrong environment variable raises ImproperlyConfigured."""

from __future__ import annotations

from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config import env
from prevention.core.nations import Nation

from .base import *  # noqa: F403
from .base import BASE_DIR, CACHES, SQLITE_OPTIONS

SECRET_KEY = env.secret("SECRET_KEY")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "Give the host names of the site, such as candour.example.")
WAGTAILADMIN_BASE_URL = env.web_address(
    "BASE_URL", "Give the address of the site, such as https://candour.example."
)
CSRF_TRUSTED_ORIGINS = [WAGTAILADMIN_BASE_URL]

DATABASE_HINT = "Give postgres://USER:PASSWORD@HOST/NAME, or sqlite:////full/path/to/db.sqlite3."
DATABASES = {
    "default": dict(
        env.parsed(
            "DATABASE_URL", env.required("DATABASE_URL", DATABASE_HINT), dj_database_url.parse, DATABASE_HINT
        )
    )
}
DATABASES["default"]["CONN_MAX_AGE"] = None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
else:
    raise ImproperlyConfigured(f"The environment variable DATABASE_URL can not be used. {DATABASE_HINT}")

CACHE_URL = env.optional("CACHE_URL", "")
if CACHE_URL:
    if not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(
            "The environment variable CACHE_URL can not be used. Give redis://HOST:6379/0 (Valkey speaks it "
            "too), or leave it out to keep the counts of the throttles in each worker."
        )
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}

DATA_DIR = Path(env.optional("DATA_DIR", str(BASE_DIR / ".data")))
MEDIA_ROOT = DATA_DIR / "media"
STATIC_ROOT = Path(env.optional("STATIC_ROOT", str(DATA_DIR / "static")))

EMAIL_URL_HINT = "Give the host name of the mail server that accepts mail from this machine."
EMAIL_HOST = env.required("EMAIL_HOST", EMAIL_URL_HINT)
EMAIL_PORT = env.whole_number("EMAIL_PORT", 587, least=1)
EMAIL_HOST_USER = env.optional("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.optional("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_PORT == 587
DEFAULT_FROM_EMAIL = env.required("DEFAULT_FROM_EMAIL", "Give the address that mail to staff comes from.")

NATION = env.one_of("NATION", Nation.values)
ELASTICSEARCH_URL = env.optional("ELASTICSEARCH_URL", "")
ELASTICSEARCH_INDEX = env.optional("ELASTICSEARCH_INDEX", ELASTICSEARCH_INDEX)
