"""The starter of `make run`: what it says when it can not go on, and what it leaves on the disk."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

STARTER = Path(__file__).resolve().parents[2] / "site" / "deploy" / "start.py"


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The starter as a module of its own, at home in an empty folder."""
    spec = importlib.util.spec_from_file_location("start", STARTER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delenv("LOCAL_DIR", raising=False)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "VENV_PYTHON", Path(sys.executable))
    return module


class TestPython:
    def test_an_old_one_is_told_what_is_needed(self, start: ModuleType) -> None:
        with pytest.raises(
            start.StartError, match=r"needs Python 3\.11 or newer.* is 3\.9\..*PYTHON=python3\.11"
        ):
            start.check_python((3, 9, 2))

    @pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (4, 0, 0)])
    def test_a_new_one_passes(self, start: ModuleType, version: tuple[int, ...]) -> None:
        start.check_python(version)

    def test_the_starter_can_be_read_by_an_old_one(self) -> None:
        import ast

        ast.parse(STARTER.read_text(), feature_version=(3, 6))


class TestPort:
    @pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80.5", "８０８０"])
    def test_what_is_no_port_is_named(self, start: ModuleType, text: str) -> None:
        with pytest.raises(
            start.StartError, match=r"^PORT=.* is not the number of a port.*make run PORT=8001"
        ):
            start.read_port(text)

    @pytest.mark.parametrize(("text", "port"), [(None, 8000), ("", 8000), (" 8123 ", 8123)])
    def test_it_defaults_to_8000(self, start: ModuleType, text: str | None, port: int) -> None:
        assert start.read_port(text) == port

    def test_a_taken_one_is_named_with_one_that_is_free(self, start: ModuleType) -> None:
        with socket.socket() as other:
            other.bind((start.HOST, 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(
                start.StartError, match=rf"Port {port} is taken .*make run PORT=\d+"
            ) as caught:
                start.check_port(port)
        assert start.can_bind(int(str(caught.value).rpartition("=")[2])) is None

    def test_one_for_administrators_is_named(
        self, start: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(start, "can_bind", lambda port: PermissionError() if port < 1024 else None)
        with pytest.raises(start.StartError, match="Port 80 is only for administrators.*PORT=8000"):
            start.check_port(80)


class TestSecret:
    def test_it_is_made_once_and_for_its_owner_only(self, start: ModuleType) -> None:
        folder = start.state_dir()
        first = start.secret_key(folder)
        assert len(first) >= 64
        assert start.secret_key(folder) == first
        assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_the_environment_has_it_and_drops_another_projects_database(
        self, start: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/precious")
        env = start.environment("config.settings.local", 8123)
        assert "DATABASE_URL" not in env
        assert env["SECRET_KEY"] == start.secret_key(start.state_dir())
        assert (env["PORT"], env["BIND_ADDRESS"]) == ("8123", "127.0.0.1")


class TestInstall:
    def test_an_unchanged_lock_costs_nothing(
        self, start: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lock = start.ROOT / "deploy" / "requirements.lock"
        lock.parent.mkdir()
        start.VENV.mkdir()
        lock.write_text("some-package==1.0 \\\n    --hash=sha256:00\n")
        commands: list[list[str]] = []
        monkeypatch.setattr(start, "ensure_venv", lambda: None)
        monkeypatch.setattr(start, "follow", lambda title, command, **_: commands.append(command))
        start.install(lock)
        start.install(lock)
        assert len(commands) == 1
        assert "--require-hashes" in commands[0]
        lock.write_text("some-package==1.1 \\\n    --hash=sha256:00\n")
        start.install(lock)
        assert len(commands) == 2

    def test_a_python_without_venv_is_told_what_to_install(
        self, start: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(start, "VENV_PYTHON", start.ROOT / "nowhere")
        failed = subprocess.CompletedProcess([], 1, stdout="ensurepip is not available", stderr="")
        monkeypatch.setattr(start.subprocess, "run", lambda *_, **__: failed)
        with pytest.raises(start.StartError, match="python3-venv"):
            start.ensure_venv()


class TestFollow:
    def test_it_shows_the_progress_of_a_long_step(
        self, start: ModuleType, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = [sys.executable, "-c", "for n in range(200): print('Applying', n)"]
        start.follow("Preparing", command, counted=r"Applying (\d+)", advice="")
        said = capsys.readouterr().out.splitlines()
        assert said[:-1] == ["Preparing", "  100 ...", "  200 ..."]
        assert said[-1].startswith("  done in ")

    def test_a_failure_shows_what_was_said_and_what_to_do(
        self, start: ModuleType, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = [sys.executable, "-c", "print('disk full'); raise SystemExit(3)"]
        with pytest.raises(start.StartError, match="This step failed: Preparing.*Empty the disk"):
            start.follow("Preparing", command, counted="x", advice="Empty the disk.")
        assert "disk full" in capsys.readouterr().out


def test_a_stop_is_a_sentence_and_a_status(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main(["walk"]) == 1
    assert (
        capsys.readouterr().err.strip()
        == "Use one of: start.py run | dev | install LOCK... | admin-password | backup [FILE] | restore FILE"
    )


class TestSupervise:
    """The server and the scheduler, side by side."""

    def program(self, code: str, *arguments: str) -> list[str]:
        return [sys.executable, "-c", code, *arguments]

    def test_the_scheduler_ends_with_the_server(self, start: ModuleType, tmp_path: Path) -> None:
        noted = tmp_path / "ended"
        beside = f"import sys, pathlib; sys.stdin.read(); pathlib.Path({str(noted)!r}).touch()"
        server = self.program("import time; time.sleep(0.3); raise SystemExit(7)")
        assert start.supervise(server, self.program(beside), dict(os.environ)) == 7
        assert noted.exists()

    def test_a_scheduler_that_ends_is_started_again(
        self,
        start: ModuleType,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(start, "SCHEDULER_LOOKED_AT", 0.05)
        noted = tmp_path / "starts"
        beside = f"open({str(noted)!r}, 'a').write('x')"
        server = self.program(
            f"import time, pathlib; n = pathlib.Path({str(noted)!r})\n"
            "while not n.exists() or n.stat().st_size < 3: time.sleep(0.02)"
        )
        assert start.supervise(server, self.program(beside), dict(os.environ)) == 0
        assert len(noted.read_text()) >= 3
        assert "The scheduler has ended; it is started again." in capsys.readouterr().out

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_the_scheduler_never_outlives_the_starter(self, tmp_path: Path, number: signal.Signals) -> None:
        """However the starter ends: a scheduler left behind would hold the database."""
        noted = tmp_path / "ended"
        beside = f"import sys, pathlib; sys.stdin.read(); pathlib.Path({str(noted)!r}).touch()"
        code = (
            "import importlib.util, os, sys\n"
            f"spec = importlib.util.spec_from_file_location('start', {str(STARTER)!r})\n"
            "start = importlib.util.module_from_spec(spec); spec.loader.exec_module(start)\n"
            "print('ready', flush=True)\n"
            "start.supervise([sys.executable, '-c', 'import time; time.sleep(5)'],"
            f" [sys.executable, '-c', {beside!r}], dict(os.environ))\n"
        )
        running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        time.sleep(0.5)
        running.send_signal(number)
        running.wait(timeout=20)
        running.stdout.close()
        deadline = time.monotonic() + 10
        while not noted.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert noted.exists()


class TestPrepare:
    def run(self, start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
        """The commands of prepare_database."""
        commands: list[list[str]] = []
        monkeypatch.setattr(start, "follow", lambda title, command, **_: commands.append(command))
        start.prepare_database({})
        return commands

    def test_a_new_site_is_a_copy_of_the_template(
        self, start: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = self.run(start, monkeypatch)
        assert first[-2:] == ["copy", str(start.state_dir())]
        assert second[3:] == ["create_local_admin --no-color"]

    def test_a_site_that_is_there_is_backed_up_before_its_tables_are_changed(
        self, start: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (start.state_dir() / "db.sqlite3").touch()
        ((*_, backup, migrate, load, admin),) = self.run(start, monkeypatch)
        assert backup == "backup --if-migrations-wait --no-color"
        assert migrate.startswith("migrate ")
        assert (load, admin) == ("load_starter --no-color", "create_local_admin --no-color")

    def test_nothing_advises_to_delete(self) -> None:
        assert "make reset" not in STARTER.read_text()
