"""The source tree: files and imports that are not allowed in it."""

from __future__ import annotations

import importlib
import subprocess
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
TOP = {
    "manage.py",
    "pyproject.toml",
    "site",
    "prevention",
    "resources",
    "search",
    "templates",
    "frontend",
    "tests",
}
BESIDE = {"README.md", "Makefile", "docs"}


def tracked() -> list[str]:
    """Return the files under version control; skip if the tree is not a checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("This tree is no git checkout; clone it to run this test.")
    return subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()


def test_site_is_a_plain_folder() -> None:
    # A package called `site` would hide the standard library's.
    assert not (ROOT / "site" / "__init__.py").exists()


def test_the_settings_are_tracked() -> None:
    assert "site/config/settings/base.py" in tracked()


def test_the_top_level_is_the_agreed_one() -> None:
    names = {name.split("/")[0] for name in tracked()}
    assert {name for name in names if not name.startswith(".")} == TOP | BESIDE


@pytest.mark.parametrize("name", ["config", "prevention", "resources", "search"])
def test_our_names_load_from_here(name: str) -> None:
    module = importlib.import_module(name)
    assert Path(str(module.__file__)).is_relative_to(ROOT)


def test_no_module_imports_itself_in_a_circle() -> None:
    """Imports inside functions and for types count too: a circle makes two rooms one."""
    graph = grimp.build_graph("config", "prevention", "resources", "search")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        tuple(TopologicalSorter(imports).static_order())
    except CycleError as error:
        pytest.fail(f"These import each other in a circle: {' <- '.join(error.args[1])}")


def test_the_tests_in_a_browser_are_in_one_folder() -> None:
    # Where `make test-browser` looks for them.
    marked = {name for name in tracked() if name.startswith("tests/") and _is_in_browser(ROOT / name)}
    assert marked
    assert {name for name in marked if not name.startswith("tests/e2e/")} == set()


def _is_in_browser(path: Path) -> bool:
    return path.suffix == ".py" and "mark." + "e2e" in path.read_text(encoding="utf-8")


def test_locks_have_hashes_and_no_address() -> None:
    for lock in ("site/deploy/requirements.lock", "tests/requirements.lock"):
        text = (ROOT / lock).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "--index-url" not in text


def test_no_migration_has_a_live_abstract_base() -> None:
    # A mixin among the bases of a migration would give a fresh database later fields twice.
    for path in ROOT.glob("p*/*/migrations/0*.py"):
        assert "prevention.core.models.BasePage" not in path.read_text(), path
