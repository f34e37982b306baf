"""Run the tests that need Elasticsearch on a real node that is made for them, and thrown away.

    python tests/on_elasticsearch.py [pytest arguments]

Exit status: that of pytest, and 1 when one of these tests was skipped. Without Java: 0 and a line that says
how to get it; with CI=true, 1. ES_PORT chooses the port; else it is 9200, or a free one when that is taken.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NODE = ROOT / "tests" / "elasticsearch" / "node"
MISSING = (
    "Elasticsearch needs {}, so the tests did not run on it. To have it: "
    "apt-get install default-jdk-headless maven unzip curl util-linux"
)
PROGRAMS = ("java", "javac", "jar", "mvn", "unzip", "curl")


def missing_programs() -> list[str]:
    """Return the programs that the node needs and this computer lacks. `setpriv` is needed by root only."""
    needed = (*PROGRAMS, "setpriv") if os.geteuid() == 0 else PROGRAMS
    return [name for name in needed if shutil.which(name) is None]


def cache_folder() -> Path:
    """Return the folder for the download; for root a shared one, because the node runs as another user."""
    if os.geteuid() == 0:
        return Path("/var/cache/candour-elasticsearch")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "candour-elasticsearch"


def free_port() -> int:
    """Return ES_PORT if it is set, else 9200, or a free port if 9200 is taken."""
    if chosen := os.environ.get("ES_PORT"):
        return int(chosen)
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 9200))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def temporary_node() -> Iterator[str]:
    """Run a node without an index; yield its address.

    Raises SystemExit when it does not start; its output says why.
    """
    env = {**os.environ, "ES_PORT": str(free_port()), "ES_CACHE": str(cache_folder())}
    with tempfile.TemporaryDirectory(prefix="es-") as name:
        Path(name).chmod(0o755)
        starting = subprocess.Popen([str(NODE), "start", name], env=env, stdout=subprocess.PIPE, text=True)
        try:
            address, _ = starting.communicate()
            if starting.returncode:
                raise SystemExit("Elasticsearch did not start.")
            yield address.strip()
        finally:
            if starting.poll() is None:
                starting.terminate()
                starting.wait()
            subprocess.run([str(NODE), "stop", name], env=env, check=True)


def main(arguments: list[str]) -> int:
    """Run pytest on Elasticsearch; returns the exit status of this script."""
    if missing := missing_programs():
        print(MISSING.format(", ".join(missing)))
        return 1 if os.environ.get("CI") == "true" else 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the node is stopped then, too
    with temporary_node() as url:
        print(f"Tests on Elasticsearch ({url})", flush=True)
        env = {**os.environ, "ELASTICSEARCH_URL": url}
        marker = ["-m", "elasticsearch", "-p", "tests.required", "--require", "elasticsearch"]
        command = [sys.executable, "-m", "pytest", *marker, *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
