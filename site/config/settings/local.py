"""The settings of `make run`: as in production, but with SQLite and plain http on the loopback address.

site/deploy/start.py makes the secret once, keeps it in .local/, and passes it as SECRET_KEY.
"""

from __future__ import annotations

from config import env

from .loopback import *  # noqa: F403
from .loopback import THROTTLE_RATES

SECRET_KEY = env.secret("SECRET_KEY")

# Only users of this machine reach the loopback address; a measurement sends thousands of searches a minute.
THROTTLE_RATES = {**THROTTLE_RATES, "search": 1_000_000, "suggest": 1_000_000}
