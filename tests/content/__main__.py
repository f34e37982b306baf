"""`make content-report`."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from tests.content.report import main  # noqa: E402  (models can be imported from here on)

main()
