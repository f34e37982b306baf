"""The WSGI application, which also starts the readers of the log of changes.

The default settings are production's, so that a forgotten variable can not lead to relaxed ones.
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()

from prevention.core.log_readers import follower  # noqa: E402  (Django must be set up first)

follower.start()
