"""`make run`: what production runs, on embedded stores and plain http on the loopback address.

Debug is off. The secret is made once by the starter, kept in .local/, and handed over as SECRET_KEY.
"""

from __future__ import annotations

from config import env

from .loopback import *  # noqa: F403
from .loopback import THROTTLE_RATES

SECRET_KEY = env.secret("SECRET_KEY")

# Whoever can reach the loopback address owns the machine; a measurement asks thousands of questions a minute.
THROTTLE_RATES = {**THROTTLE_RATES, "search": 1_000_000, "suggest": 1_000_000}
