#!/usr/bin/env python3
"""Django's command line for Candour."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    # site/ holds the package `config`. It is put on the path here, and is never itself a package,
    # because `site` is a module of the standard library that Python loads before ours.
    sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            "Django is not installed here. Run `make run` once, then use .venv/bin/python."
        ) from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
