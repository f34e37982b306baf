"""Run management commands one after the other in one process, because each would take seconds to start.

    python site/deploy/run_commands.py "migrate --no-input" "load_starter" ...

Stops at the first that fails, with its message and status 1.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def main(commands: list[str]) -> int:
    """Run them; returns the exit status."""
    root = Path(__file__).resolve().parents[2]
    # As manage.py does it: the checkout, and site/ for the package `config`.
    sys.path[:0] = [str(root), str(root / "site")]
    import django
    from django.core.management import CommandError, call_command

    django.setup()
    for command in commands:
        name, *arguments = shlex.split(command)
        try:
            call_command(name, *arguments)
        except CommandError as error:
            sys.stderr.write(f"{name}: {error}\n")
            return 1
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
