"""The settings of production, apart from secrets and host names, which `production` reads.

The other settings modules import these and relax some.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from csp.constants import NONE, SELF, UNSAFE_INLINE

BASE_DIR = Path(__file__).resolve().parents[3]

# --- Applications -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "search",
    "resources",
    "prevention.home",
    "prevention.indicators",
    "prevention.alerts",
    "prevention.help",
    "prevention.substances",
    "prevention.engagement",
    "prevention.editorial",
    "prevention.users",
    "prevention.media",
    "prevention.core",
    "prevention.delivery",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "prevention.users.apps.StaffScreensConfig",  # wagtail.users with our forms
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

# The order: first what every answer passes (log, headers); then counting, before the page cache, so that a
# cached page and a 304 are counted too; sessions and users come after the page cache, so that a cached page
# needs neither.
MIDDLEWARE = [
    "prevention.delivery.middleware.AccessLogMiddleware",
    # Before the policies, which static files do not need and which would add half a kilobyte to each.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "prevention.delivery.middleware.SecurityPolicyMiddleware",
    "prevention.delivery.middleware.RequestLimitsMiddleware",
    "prevention.delivery.middleware.CountsMiddleware",
    "prevention.delivery.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "prevention.users.middleware.StaffTwoFactorMiddleware",
    "prevention.core.middleware.FormerAddressMiddleware",
    # The innermost: what the views of the admin raise is first seen here.
    "prevention.editorial.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # The admin's templates need auth and messages. Both are lazy: a public page that does not
            # mention the user or the messages reads no session, and so varies by no cookie.
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Storage ----------------------------------------------------------------------------------------------

# CONN_MAX_AGE is None wherever these are used: a cached page costs one short query, and opening a connection
# would cost more.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}

CACHES: dict[str, dict[str, Any]] = {
    # Throttles and rate limits. Production may point it at Valkey, so that all workers share one count.
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    # Rendered public pages, always in the worker's own memory: each is compared with the content version in
    # the database, so that copies can not disagree, and memory is faster than another process.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 60 * 60,
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
    # ZIPs of lesson packs: only eight, because they are large.
    "packs": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "packs",
        "TIMEOUT": 60 * 60,
        "OPTIONS": {"MAX_ENTRIES": 8},
    },
}

WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs our static files


def WHITENOISE_ADD_HEADERS_FUNCTION(headers: Headers, path: str, url: str) -> None:  # noqa: N802  (WhiteNoise's name)
    """Add nosniff to static files; SecurityMiddleware, which adds it to other answers, does not see them."""
    headers["X-Content-Type-Options"] = "nosniff"


STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "static"]
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Language and time ------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# --- People -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
LOGOUT_REDIRECT_URL = "account_login"
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "prevention.users.adapter.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]  # sign-up is closed by the adapter
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an administrator
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Candour: "
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# "ip" is the adapter's bucket of addresses, "key" the name that was typed (hashed by allauth).
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "reset_password": "10/m/ip,3/10m/key",
    "reset_password_from_key": "10/m/ip",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "prevention.users.adapter.StaffMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Candour"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are set by an administrator, not verified by mail
STAFF_TWO_FACTOR = "required"
LOCAL_ADMIN_ALLOWED = False

# --- Safety -----------------------------------------------------------------------------------------------

DEBUG = False
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = int(timedelta(days=730).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# The proxy in site/deploy/nginx.conf sets this header itself and drops what a client sent.
SECURE_PROXY_SSL_HEADER: tuple[str, str] | None = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"  # SAMEORIGIN under /admin/, which shows previews in a frame
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_SAMESITE = "Lax"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
# Wagtail 8's admin writes inline scripts and styles and has no nonce support; it gets this policy under
# /admin/ and nowhere else.
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "form-action": [SELF],
    "object-src": [NONE],
    "base-uri": [SELF],
    "frame-ancestors": [SELF],
}
# The hosts to which sources are linked: public bodies, journals and their indexes, charities and services
# for young people. Any other source is named without a link (decision 23).
LINKED_SOURCE_HOSTS = tuple((BASE_DIR / "site/config/linked_hosts.txt").read_text(encoding="utf-8").split())

PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "interest-cohort",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}

# The largest request bodies. Readers send a search or a filter; the admin uploads files.
PUBLIC_REQUEST_BYTES = 16 * 1024
ADMIN_REQUEST_BYTES = 30 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the form of a page with many names and sources is long
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Requests a minute for one of 4,096 buckets of addresses (prevention.delivery.throttling), per kind of view.
THROTTLE_RATES = {
    "search": 120,
    "suggest": 300,  # one request for each letter typed
    "api": 300,
    "download": 60,
    "go": 60,
}

# --- Wagtail ----------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Candour"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_I18N_ENABLED = False
# The log of changes knows the former addresses of pages (decision 55). Redirects are made by hand alone.
WAGTAILREDIRECTS_AUTO_CREATE = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
# A shared password needs a cookie on a public page, and Wagtail does not limit wrong tries.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
# One zone only, so that Wagtail offers no choice: its list contains 'localtime', on which the account page
# fails.
WAGTAIL_USER_TIME_ZONES = ["Europe/London"]
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
# How many people beside those who wrote a text must have signed it. With 1, for a small team, one other
# person may take both steps, and the page says so.
SIGN_OFF_PEOPLE = 2
# The two approvals are the permission. Wagtail's own action requires that the last approver may publish.
WAGTAIL_FINISH_WORKFLOW_ACTION = "prevention.editorial.workflow.publish_approved"
# Wagtail's password form does not limit wrong tries; allauth's at /accounts/ does.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "media.CandourImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "prevention.media.forms.CandourImageForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpeg", "jpg", "png", "webp"]
WAGTAILDOCS_DOCUMENT_MODEL = "media.CandourDocument"
WAGTAILDOCS_EXTENSIONS = ["docx", "odp", "odt", "pdf", "pptx", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "prevention.core.searchbackend"}}

# The nation of this service, when it serves one only: england, scotland, wales or ni. It chooses the
# helplines on cards, unless a search names another nation (decision 37).
NATION = ""

# The address of an Elasticsearch 8 server; empty for the embedded engine of the database (decisions 5, 36).
ELASTICSEARCH_URL = ""
ELASTICSEARCH_INDEX = "candour"
# Seconds after which the embedded engine answers instead.
ELASTICSEARCH_SECONDS = 0.3
# Seconds after a failure during which the server is not asked.
ELASTICSEARCH_RETRY_SECONDS = 10.0

# --- API --------------------------------------------------------------------------------------------------

# The only global DRF setting, because drf-spectacular's decorators read it from here (decision 12); it
# changes no answer. All others belong on prevention.delivery.api.PublicEndpoint: global ones break Wagtail's
# admin (decision 3).
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Candour content API",
    "DESCRIPTION": (
        "Drug information and school resources, for partner apps and sites. No key is needed. Every answer "
        "carries an ETag: send it back as If-None-Match and get 304 while nothing has changed. Show the "
        "attribution, link to `url`, and refresh at least once a day, so that what we withdraw disappears."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "LICENSE": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # This check would include Wagtail's admin API; `make schema` validates ours.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}

# --- Changes ----------------------------------------------------------------------------------------------

# The readers of the log of changes, in the order in which they run. Each has its own cursor; the fields are
# those of prevention.core.log_readers.LogReader. docs/flows.md follows a publish from end to end.
LOG_READERS: dict[str, dict[str, Any]] = {
    # Without `begin`: what was published before the log existed is in the list already.
    "public list of changes": {"read": "prevention.editorial.models.list_changes"},
    "search index": {
        "read": "search.indexing.update_index",
        "begin": "search.indexing.rebuild_embedded",
    },
    # It reads no further than the index in the database, from which it is made.
    "search server": {
        "read": "search.engines.tell_server",
        "begin": "search.engines.begin_server",
        "is_wanted": "search.engines.is_server_wanted",
        "in_database": False,
        "reads_to": "search index",
    },
}
# What nothing that is live may break: each is a function of an instance, and returns {field: sentence}.
PUBLISHING_RULES: tuple[str, ...] = (
    "prevention.editorial.house_rules.house_rules",
    "prevention.help.rules.helpline_rules",
    "search.rules.card_rules",
)
# What has to be mended, or kept for a written reason.
PUBLISHING_WARNINGS: tuple[str, ...] = ("prevention.editorial.warnings.warnings",)
# Seconds between two looks at the log; a commit in the same process wakes the readers at once.
LOG_FOLLOW_SECONDS = 1.0

# {management command: what it does and when}; `when` has APScheduler's fields of cron, in London's time.
SCHEDULED_JOBS: dict[str, dict[str, Any]] = {
    "publish_scheduled": {
        "does": "Publish and withdraw on the dates that editors set",
        "when": {"minute": "*"},
    },
    "remind_of_urgent": {
        "does": "Remind moderators of what was published urgently and nobody has confirmed",
        "when": {"minute": "*/10"},
    },
    "log_effective_dates": {
        "does": "Tell partners of what the law and alerts change by today's date",
        "when": {"hour": 0, "minute": 0},
    },
    "keep_up_search": {
        "does": "Rebuild the index of a search server when it must be",
        "when": {"minute": "*"},
    },
    "roll_up_counts": {"does": "Sum up old counts by month", "when": {"hour": 3, "minute": 20}},
    "clearsessions": {"does": "Forget sessions of staff that have ended", "when": {"hour": 3, "minute": 40}},
    "release_indicators": {
        "does": "Release the figures of last month, once it is over",
        "when": {"hour": 6, "minute": 0},
        "arguments": ("--if-due",),
    },
}

# --- Engagement -------------------------------------------------------------------------------------------

# The function that counts an answer, called with what its view noted; it applies the human filter.
COUNT_ANSWER = "prevention.engagement.answers.count_answer"
COUNTS_FLUSH_SECONDS = 1.0  # between two writes of a process; a crash loses the counts of that time

# --- Logging ----------------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"private": {"()": "prevention.delivery.access_log.PrivacyFilter"}},
    "formatters": {
        "line": {
            "()": "prevention.delivery.access_log.PrivateFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "access": {"format": "{name} {message}", "style": "{"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["private"], "formatter": "line"},
        # Without the time: a route and a time could identify the only person who was there (decision 19).
        "access": {"class": "logging.StreamHandler", "formatter": "access"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django's default handlers would mail the request or print its path.
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "candour.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        # It logs a line for every task of every save. Wagtail's audit trail is in the database.
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        # It logs two lines for every job of every minute; the results are in JobRun.
        "apscheduler": {"level": "WARNING"},
        # It logs every request and every failure; search/engines/fallback.py logs the failures itself.
        "elastic_transport": {"level": "CRITICAL"},
    },
}
