"""The settings of `make run`, with a hello-world view and without throttles: one address asks it all."""

from __future__ import annotations

from config.settings.local import *  # noqa: F403
from config.settings.local import THROTTLE_RATES as LOCAL_RATES

ROOT_URLCONF = "tests.bench.urls"
THROTTLE_RATES = dict.fromkeys(LOCAL_RATES, 10**9)
