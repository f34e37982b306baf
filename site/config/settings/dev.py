"""The settings of `make dev`: debug and reload, on the loopback address only."""

from __future__ import annotations

from .loopback import *  # noqa: F403

DEBUG = True
SECRET_KEY = "for development on this machine only, never for a reachable site"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
