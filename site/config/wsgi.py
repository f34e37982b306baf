"""The WSGI application. Defaults to production, so that a forgotten variable fails closed."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()

from prevention.core.log_readers import follower  # noqa: E402  (Django must be set up first)

follower.start()
