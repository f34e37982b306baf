"""Settings for a process that a test starts: the test settings, with the log of changes followed."""

from __future__ import annotations

from config.settings.test import *  # noqa: F403

LOG_FOLLOW_SECONDS = 0.2
