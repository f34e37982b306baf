"""Settings for a process that a test starts beside itself: the log of changes is followed there."""

from __future__ import annotations

from config.settings.test import *  # noqa: F403

LOG_FOLLOW_SECONDS = 0.2
