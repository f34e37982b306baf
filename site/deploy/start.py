#!/usr/bin/env python3
"""Brings a fresh checkout to a running site; `make run`, `make dev` and others call it.

    start.py run              prepare everything, then run production's server and the scheduler
    start.py dev              the same with Django's own server, which has debug pages and reloads
    start.py install LOCK...  only make the virtual environment, with the packages of these lock files
    start.py admin-password   set a new password for the local administrator, and print it
    start.py backup [FILE]    back up the local site to FILE, or to a new file in .local/backups/
    start.py restore FILE     replace the local site with a backup; asks first, unless --no-input follows

It uses the standard library only, and only syntax that Python 3.6 can read (hence the quoted annotations), so
that an old Python prints a sentence that says what to do, not a syntax error. All that it makes is in .venv/
and .local/, and every step can be repeated.
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
SCHEDULER_LOOKED_AT = 5.0  # seconds between two checks that the scheduler still runs


class StartError(Exception):
    """The start can not go on. The message is a sentence that says what to do."""


def say(text: str = "") -> None:
    """Print a line without buffering, also into a pipe."""
    print(text, flush=True)


# --- What must be true before anything is made --------------------------------------------------------------


def check_python(version: "tuple[int, ...]" = sys.version_info[:3]) -> None:
    """Raise StartError when the Python `version` is older than Candour needs."""
    if version[:2] >= OLDEST_PYTHON:
        return
    found, needed = (".".join(str(part) for part in numbers[:2]) for numbers in (version, OLDEST_PYTHON))
    raise StartError(
        f"Candour needs Python {needed} or newer, and python3 on this computer is {found}. "
        f"Install a newer one, then say where it is: make run PYTHON=python{needed}"
    )


def read_port(text: "str | None") -> int:
    """Return the port that `text` gives, 8000 when it is empty. Raises StartError when it is not a port."""
    text = (text or "").strip() or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise StartError(
            f"PORT={text} is not the number of a port. Give one from 1024 to 65535: make run PORT=8001"
        )
    return int(text)


def can_bind(port: int) -> "OSError | None":
    """Return None when a server can listen on `port` of the loopback address, else the OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # The server sets this option too: with it, a port on which old connections are closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error
    return None


def check_port(port: int) -> None:
    """Raise StartError, with a port that is free, when a server can not listen on `port`."""
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
    """Create .venv/, or create it anew when its Python does not run. Raises StartError when that fails."""
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
    """Return the file that holds the hash of the version of `lock` that is installed."""
    return VENV / f".installed-{lock.parent.name}"


def install(lock: Path) -> None:
    """Install the packages of `lock` into .venv/, checked by hash; do nothing when it has not changed.

    Raises StartError when pip fails.
    """
    ensure_venv()
    content = lock.read_bytes()
    fingerprint = hashlib.sha256(content).hexdigest()
    stamp = installed_stamp(lock)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    count = len(re.findall(rb"^[A-Za-z0-9_.\-\[\]]+==", content, re.M))
    # --no-deps, because the lock is complete and pip has nothing to resolve.
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
    """Run `command`; print `title`, the lines that match `shown`, and how many match `counted` so far.

    `counted` and `shown` are regular expressions; the last group of `counted` is shown as progress. Raises
    StartError with `advice` when the command fails, after printing the last 40 lines of its output.
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
    """Print progress: on a terminal one line that is overwritten, else a line for every hundred."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {count}  {name[:60]}", end="", flush=True)
    elif count % 100 == 0:
        say(f"  {count} ...")


def clear_progress() -> None:
    """Erase the line of progress on a terminal."""
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


# --- The local site -----------------------------------------------------------------------------------------


def state_dir() -> Path:
    """Return .local/ (or LOCAL_DIR), the folder of database, uploads and secrets; make it if missing."""
    path = ROOT / (os.environ.get("LOCAL_DIR", "").strip() or ".local")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key(folder: Path) -> str:
    """Return the local site's SECRET_KEY; it is made once, in a file that only its owner can read."""
    path = folder / "secret_key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


def environment(settings: str, port: int) -> "dict[str, str]":
    """Return the environment variables for the local site.

    DATABASE_URL and PYTHONPATH are left out: a shell may have exported them for another project.
    """
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTHONPATH"}}
    env.update(
        DJANGO_SETTINGS_MODULE=settings,
        SECRET_KEY=secret_key(state_dir()),
        PORT=str(port),
        BIND_ADDRESS=HOST,
    )
    return env


def manage(*arguments: str) -> "list[str]":
    """Return the command line that runs a management command with .venv's Python."""
    return [str(VENV_PYTHON), str(ROOT / "manage.py"), *arguments]


def prepare_database(env: "dict[str, str]") -> None:
    """Prepare tables, starter content and the first administrator. Raises StartError when a step fails.

    A new site is a copy of the template (template.py). An existing one is backed up before migrations change
    its tables.
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
        [str(VENV_PYTHON), "-u", str(deploy / "run_commands.py"), *steps],
        counted=r"^\s*(?:Applying )?([\w./-]+)",
        shown=r"^(Administrator|Password|Backup):",
        env=env,
        advice="Nothing of your content was deleted. Where a line above begins with Backup, that file holds "
        "the site as it was: make restore FILE=... puts it back, with the Candour that you had before.",
    )


def new_admin_password() -> None:
    """Set and print a new password for the administrator. Raises StartError when there is no local site."""
    if not (state_dir() / "db.sqlite3").exists():
        raise StartError("There is no local site yet. `make run` makes it, and its administrator.")
    env = environment("config.settings.local", 8000)
    if subprocess.run(manage("create_local_admin", "--reset"), cwd=ROOT, env=env, check=False).returncode:
        raise StartError("The password could not be set. The lines above say why.")


def back_up(arguments: "list[str]") -> None:
    """Run `manage.py backup` for the local site. Raises StartError when there is no site, or it fails."""
    if not (state_dir() / "db.sqlite3").exists():
        raise StartError("There is no local site yet, so there is nothing to back up. `make run` makes one.")
    env = environment("config.settings.local", 8000)
    if subprocess.run(manage("backup", *arguments), env=env, check=False).returncode:
        raise StartError("The backup was not made. The lines above say why.")


def restore(arguments: "list[str]") -> None:
    """Run `manage.py restore` for the local site, which need not exist. Raises StartError when it fails."""
    install(RUNTIME_LOCK)
    env = environment("config.settings.local", 8000)
    if subprocess.run(manage("restore", *arguments), env=env, check=False).returncode:
        raise StartError("The backup was not restored. The lines above say why.")


def static_fingerprint() -> str:
    """Return a hash of all static files: of ours by their content, of packages' by their lock file."""
    digest = hashlib.sha256(RUNTIME_LOCK.read_bytes())
    for path in sorted(FRONTEND.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(FRONTEND)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def collect_static(env: "dict[str, str]") -> None:
    """Run collectstatic, unless no static file has changed since the last time. Raises StartError."""
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
    """Print the addresses of the site, the admin and the API."""
    site = f"http://{HOST}:{port}/"
    say()
    say(f"Candour starts on {site}")
    say(f"  the site         {site}")
    say(f"  the admin        {site}admin/   (sign in as admin; make admin-password sets a new one)")
    say(f"  the content API  {site}api/v1/docs/")
    say("  to stop it       Ctrl+C")
    say()


def serve(mode: str) -> int:
    """Prepare everything, then run the server and the scheduler; return the server's exit status.

    `mode` is "run" or "dev". Raises StartError when a step of the preparation fails.
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
    """Run both commands until the server ends or this process is stopped; return the server's exit status.

    A scheduler that ends by itself is started again. It ends when the pipe to its standard input is closed,
    so that it never outlives this process.
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
                # In a session of its own, so that Ctrl+C reaches only the server; `end` stops the scheduler.
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
    """Close the process's standard input, on which the scheduler ends, and wait until it has ended."""
    if process.stdin is not None:
        process.stdin.close()
    process.wait()


def wait_for(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Wait until the process ends, at most `seconds`."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=seconds)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main(arguments: "list[str]") -> int:
    """Run the command that `arguments` name; return the exit status."""
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
