#!/usr/bin/env python3
"""From a fresh checkout to a running site: what `make run` and `make dev` do.

    start.py run              prepare everything, then serve with the server that production uses, and
    schedule start.py dev              prepare everything, then serve with Django's own server: reload and
    debug start.py install LOCK...  only the virtual environment, with the packages of these lock files
    start.py admin-password   a new password for the administrator of this computer start.py backup [FILE]
    the local site in one file: FILE, or a new one in .local/backups/ start.py restore FILE     such a file in
    the place of the local site; asks, unless --no-input follows

Standard library only, and only syntax that Python 3.6 can read (hence the quoted annotations): an old Python
is to meet a sentence that says what to do, not a syntax error. Everything made here lies in .venv/ and
.local/, and every step can be repeated.
"""

import contextlib
import hashlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
RUNTIME_LOCK = ROOT / "site" / "deploy" / "requirements.lock"
FRONTEND = ROOT / "frontend" / "static"
OLDEST_PYTHON = (3, 11)
HOST = "127.0.0.1"
SCHEDULER_LOOKED_AT = 5.0  # seconds between two looks whether it still runs


class StartError(Exception):
    """Why the start stopped: a sentence for the person at the keyboard that says what to do."""


def say(text: str = "") -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


# --- What must be true before anything is made --------------------------------------------------------------


def check_python(version: "tuple[int, ...]" = sys.version_info[:3]) -> None:
    """Raises StartError when `version` is older than Candour needs."""
    if version[:2] >= OLDEST_PYTHON:
        return
    found, needed = (".".join(str(part) for part in numbers[:2]) for numbers in (version, OLDEST_PYTHON))
    raise StartError(
        f"Candour needs Python {needed} or newer, and python3 on this computer is {found}. "
        f"Install a newer one, then say where it is: make run PYTHON=python{needed}"
    )


def read_port(text: "str | None") -> int:
    """The port to serve on, 8000 when `text` is empty. Raises StartError when it is not a port."""
    text = (text or "").strip() or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise StartError(
            f"PORT={text} is not the number of a port. Give one from 1024 to 65535: make run PORT=8001"
        )
    return int(text)


def can_bind(port: int) -> "OSError | None":
    """None when a server could listen on `port` of the loopback address, else the error that forbids it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does it: a port that only waits out an old connection counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error
    return None


def check_port(port: int) -> None:
    """Raises StartError, naming a port that is free, when `port` can not be had."""
    error = can_bind(port)
    if error is None:
        return
    free = next((other for other in range(max(port, 7999) + 1, 65536) if can_bind(other) is None), 8001)
    if isinstance(error, PermissionError):
        raise StartError(f"Port {port} is only for administrators. Choose a higher one: make run PORT={free}")
    raise StartError(
        f"Port {port} is taken by another program (perhaps by a Candour that is running already). "
        f"Stop that one, or choose another port: make run PORT={free}"
    )


# --- Packages -----------------------------------------------------------------------------------------------


def ensure_venv() -> None:
    """Make .venv/, or make it anew when its Python does not run. Raises StartError on failure."""
    works = [str(VENV_PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    if VENV_PYTHON.exists() and subprocess.run(works, capture_output=True, check=False).returncode == 0:
        return
    say("Making a virtual environment in .venv/")
    result = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if result.returncode:
        say((result.stdout + result.stderr).strip())
        raise StartError(
            "This Python can not make a virtual environment. On Debian and Ubuntu install the package "
            "python3-venv; elsewhere install Python from python.org. Then run the same command again."
        )


def installed_stamp(lock: Path) -> Path:
    """The file that remembers which content of `lock` is installed."""
    return VENV / f".installed-{lock.parent.name}"


def install(lock: Path) -> None:
    """Install exactly what `lock` names, every file checked by its hash; nothing when it has not changed.

    Raises StartError when pip fails.
    """
    ensure_venv()
    content = lock.read_bytes()
    fingerprint = hashlib.sha256(content).hexdigest()
    stamp = installed_stamp(lock)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    count = len(re.findall(rb"^[A-Za-z0-9_.\-\[\]]+==", content, re.M))
    # The lock is complete, so pip has nothing to resolve: --no-deps saves it the trouble.
    command = ["pip", "install", "--require-hashes", "--no-deps", "--disable-pip-version-check", "--no-input"]
    follow(
        f"Installing {count} packages, locked and checked (the first time takes a minute)",
        [str(VENV_PYTHON), "-m", *command, "--requirement", str(lock)],
        counted=r"^(Collecting|Requirement already satisfied: |Installing collected packages)\s*([\w.\-]*)",
        advice="Is this computer online? Packages come from the index that pip is set up to use.",
    )
    stamp.write_text(fingerprint)


# --- Long steps, visibly ------------------------------------------------------------------------------------


def follow(
    title: str,
    command: "list[str]",
    *,
    counted: str,
    advice: str,
    shown: str = "(?!)",
    env: "dict[str, str] | None" = None,
) -> None:
    """Run `command`: print `title`, the lines that match `shown`, and how many have matched `counted` so far.

    Raises StartError with `advice`, after the last lines of its output, when the command fails.
    """
    say(title)
    began, matches = time.monotonic(), 0
    tail: "deque[str]" = deque(maxlen=40)
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with process:
        for line in process.stdout or ():
            tail.append(line.rstrip())
            match = re.match(counted, line)
            if re.match(shown, line):
                clear_progress()
                say(f"  {line.rstrip()}")
            elif match:
                matches += 1
                show_progress(matches, match.group(match.lastindex or 0))
    clear_progress()
    if process.returncode:
        say("\n".join(tail))
        raise StartError(f"This step failed: {title}. The lines above say why. {advice}")
    say(f"  done in {time.monotonic() - began:.0f} s")


def show_progress(count: int, name: str) -> None:
    """One line that changes on a terminal; in a file, a line every hundred."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {count}  {name[:60]}", end="", flush=True)
    elif count % 100 == 0:
        say(f"  {count} ...")


def clear_progress() -> None:
    """Take the changing line away again."""
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


# --- The local site -----------------------------------------------------------------------------------------


def state_dir() -> Path:
    """.local/ (or LOCAL_DIR): database, uploads and secrets of this computer, closed to others."""
    path = ROOT / (os.environ.get("LOCAL_DIR", "").strip() or ".local")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key(folder: Path) -> str:
    """The key this computer signs with: made once, readable by its owner only."""
    path = folder / "secret_key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


def environment(settings: str, port: int) -> "dict[str, str]":
    """The variables of the local site; what a shell has exported for another Django project is not taken."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTHONPATH"}}
    env.update(
        DJANGO_SETTINGS_MODULE=settings,
        SECRET_KEY=secret_key(state_dir()),
        PORT=str(port),
        BIND_ADDRESS=HOST,
    )
    return env


def manage(*arguments: str) -> "list[str]":
    """The command line of a management command."""
    return [str(VENV_PYTHON), str(ROOT / "manage.py"), *arguments]


def prepare_database(env: "dict[str, str]") -> None:
    """Tables, starter content and the first administrator. Raises StartError when one of them fails.

    A new site is a copy of the template. One that is there is backed up before its tables are changed.
    """
    deploy = ROOT / "site" / "deploy"
    steps = ["create_local_admin --no-color"]
    if (state_dir() / "db.sqlite3").exists():
        steps = [
            "backup --if-migrations-wait --no-color",
            "migrate --no-color --no-input",
            "load_starter --no-color",
            *steps,
        ]
    else:
        follow(
            "Making a site with the starter content (half a minute the first time, then a second)",
            [str(VENV_PYTHON), str(deploy / "template.py"), "copy", str(state_dir())],
            counted="(?!)",
            advice="",
        )
    follow(
        "Preparing the database, the starter content and the administrator",
        [str(VENV_PYTHON), "-u", str(deploy / "several.py"), *steps],
        counted=r"^\s*(?:Applying )?([\w./-]+)",
        shown=r"^(Administrator|Password|Backup|Left alone):",
        env=env,
        advice="Nothing of your content was deleted. Where a line above begins with Backup, that file holds "
        "the site as it was: make restore FILE=... puts it back, with the Candour that you had before.",
    )


def new_admin_password() -> None:
    """Set and print one. Raises StartError when there is no local site yet."""
    if not (state_dir() / "db.sqlite3").exists():
        raise StartError("There is no local site yet. `make run` makes it, and its administrator.")
    env = environment("config.settings.local", 8000)
    if subprocess.run(manage("create_local_admin", "--reset"), cwd=ROOT, env=env, check=False).returncode:
        raise StartError("The password could not be set. The lines above say why.")


def back_up(arguments: "list[str]") -> None:
    """Make a backup, as `manage.py backup` does. Raises StartError when it was not made."""
    if not (state_dir() / "db.sqlite3").exists():
        raise StartError("There is no local site yet, so there is nothing to back up. `make run` makes one.")
    env = environment("config.settings.local", 8000)
    if subprocess.run(manage("backup", *arguments), env=env, check=False).returncode:
        raise StartError("The backup was not made. The lines above say why.")


def restore(arguments: "list[str]") -> None:
    """Restore a backup, as `manage.py restore` does, also where there is no local site yet.

    Raises StartError when it was not restored.
    """
    install(RUNTIME_LOCK)
    env = environment("config.settings.local", 8000)
    if subprocess.run(manage("restore", *arguments), env=env, check=False).returncode:
        raise StartError("The backup was not restored. The lines above say why.")


def static_fingerprint() -> str:
    """Changes when a file that is served as it is changes: ours, or one of a package."""
    digest = hashlib.sha256(RUNTIME_LOCK.read_bytes())
    for path in sorted(FRONTEND.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(FRONTEND)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def collect_static(env: "dict[str, str]") -> None:
    """Gather, hash and compress the static files, unless the last time still holds."""
    stamp = state_dir() / "static.stamp"
    fingerprint = static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and (state_dir() / "static").is_dir():
        return
    follow(
        "Gathering and compressing static files",
        manage("collectstatic", "--no-color", "--no-input", "--verbosity", "2"),
        counted=r"^(?:Copying|Post-processed) '([^']+)'",
        env=env,
        advice="",
    )
    stamp.write_text(fingerprint)


def announce(port: int) -> None:
    """Where things are."""
    site = f"http://{HOST}:{port}/"
    say()
    say(f"Candour starts on {site}")
    say(f"  the site         {site}")
    say(f"  the admin        {site}admin/   (sign in as admin; make admin-password sets a new one)")
    say(f"  the content API  {site}api/v1/docs/")
    say("  to stop it       Ctrl+C")
    say()


def serve(mode: str) -> int:
    """Prepare everything, then run the server and the scheduler; returns the server's exit status.

    Raises StartError when something can not be prepared.
    """
    port = read_port(os.environ.get("PORT"))
    check_port(port)
    install(RUNTIME_LOCK)
    env = environment("config.settings.local" if mode == "run" else "config.settings.dev", port)
    prepare_database(env)
    if mode == "run":
        collect_static(env)
        configuration = str(ROOT / "site" / "deploy" / "gunicorn.conf.py")
        server = [str(VENV_PYTHON), "-m", "gunicorn", "-c", configuration]
    else:
        server = manage("runserver", f"{HOST}:{port}")
    announce(port)
    return supervise(server, manage("run_scheduler", "--until-stdin-closes"), env)


def supervise(server: "list[str]", scheduler: "list[str]", env: "dict[str, str]") -> int:
    """Run both until the server ends or this process is told to stop; returns the server's exit status.

    The scheduler is started again when it ends by itself. It reads from a pipe of ours and ends with it: so
    it never outlives this process, however that ends.
    """
    signal.signal(signal.SIGTERM, _stop)
    serving = subprocess.Popen(server, cwd=ROOT, env=env)
    beside = None
    try:
        while serving.poll() is None:
            if beside is None or beside.poll() is not None:
                if beside is not None:
                    say("The scheduler has ended; it is started again.")
                    end(beside)
                # In a session of its own: Ctrl+C is for the server, which is waited for.
                beside = subprocess.Popen(
                    scheduler, cwd=ROOT, env=env, stdin=subprocess.PIPE, start_new_session=True
                )
            wait_for(serving, SCHEDULER_LOOKED_AT)
    except KeyboardInterrupt:
        serving.terminate()
    finally:
        serving.wait()
        if beside is not None:
            end(beside)
    return serving.returncode


def end(process: "subprocess.Popen[bytes]") -> None:
    """Close the pipe that the scheduler ends with, and wait until it has."""
    if process.stdin is not None:
        process.stdin.close()
    process.wait()


def wait_for(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Return when the process has ended, and at the latest after so many seconds."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=seconds)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main(arguments: "list[str]") -> int:
    """The command line; returns the exit status."""
    try:
        check_python()
        if arguments in (["run"], ["dev"]):
            return serve(arguments[0])
        if arguments[:1] == ["install"] and arguments[1:]:
            for lock in arguments[1:]:
                install(Path(lock).resolve())
        elif arguments == ["admin-password"]:
            new_admin_password()
        elif arguments[:1] == ["backup"] and len(arguments) <= 2:
            back_up(arguments[1:])
        elif arguments[:1] == ["restore"] and arguments[1:]:
            restore(arguments[1:])
        else:
            raise StartError(
                f"Use one of: {Path(__file__).name} run | dev | install LOCK... | admin-password "
                "| backup [FILE] | restore FILE"
            )
    except StartError as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Running the same command again goes on from here.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
