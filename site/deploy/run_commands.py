"""Runs several management commands in one process, because starting Django takes seconds each time.

    python site/deploy/run_commands.py "migrate --no-input" "load_starter" ...

The first command that fails ends it, with its message and exit status 1.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def main(commands: list[str]) -> int:
    """Run the commands, each with its arguments as a shell would read them; return the exit status."""
    root = Path(__file__).resolve().parents[2]
    # As in manage.py: the checkout, and site/ for the package `config`.
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
