"""Content may be changed only by save() and delete(): a bulk or SQL write adds no line to the log of changes.

Snippets refuse bulk writes at run time. Pages can not, because Wagtail needs them for its tree. So every
place in our code that could write in bulk is listed here, with what it writes. Migrations are left out: after
them there is a new template, or they add a line themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("prevention", "resources", "search")
WRITING = frozenset(
    {"update", "bulk_create", "bulk_update", "abulk_create", "aupdate", "_update", "_raw_delete"}
) | {"execute", "executemany", "executescript"}

# place -> what it writes or reads, none of it content.
KNOWN = {
    "prevention/core/backup/archive.py:_Hashing.read": "a digest",
    "prevention/core/backup/archive.py:_extract": "a digest",
    "prevention/core/backup/manifest.py:known_migrations": "a set",
    "prevention/core/backup/manifest.py:read_facts": "reads what a database says of itself",
    "prevention/core/backup/postgres.py:_server_version": "reads the version of the server",
    "prevention/core/backup/postgres.py:load": "reads; everything is another then, and logged as that",
    "prevention/core/backup/postgres.py:save": "reads one snapshot",
    "prevention/core/backup/sqlite.py:_save": "the copy, without sessions",
    "prevention/core/backup/sqlite.py:check": "reads the copy",
    "prevention/core/change_log/lines.py:add_lines": "the log itself",
    "prevention/delivery/content_version.py:stored_version": "reads the version",
    "prevention/core/log_readers.py:_advance": "the cursor of a reader",
    "prevention/core/log_readers.py:_note_failure": "the cursor of a reader",
    "prevention/core/log_readers.py:begin_anew": "the cursor of a reader",
    "prevention/core/scheduler.py:_claimed.claim": "what became of a job",
    "prevention/core/scheduler.py:run_job": "what became of a job",
    "prevention/editorial/services.py:_set_stock_workflow": "workflows of staff, in a migration",
    "prevention/engagement/models.py:CountQuerySet.add": "counts",
    "prevention/engagement/counts.py:CountBuffer.flush": "a counter in memory",
    "prevention/home/starter_loader/contents.py:Item.digest": "a digest",
    "prevention/home/starter_loader/ledger.py:Ledger.write": "the ledger of the loader, which is no content",
    "prevention/home/starter_loader/pages.py:make_live": "the rows of a page that is made, logged with it",
    "prevention/indicators/services.py:release": "releases, whose lines it writes itself",
    "search/engines/embedded.py:EmbeddedEngine.index": "the search index, which follows the log",
    "search/engines/embedded.py:EmbeddedEngine.rebuild": "the search index, which follows the log",
    "search/engines/embedded.py:EmbeddedEngine.search": "reads the search index",
    "search/engines/embedded.py:EmbeddedEngine.suggest": "reads the search index",
    "search/query/names.py:exact": "a set",
    "search/language/phrases.py:PhraseBook.matches": "a set",
    "search/language/phrases.py:PhraseBook.of": "a dictionary",
    "search/language/phrases.py:same_stems": "a dictionary",
    "search/query/understand.py:_unknown_names": "a set",
}


def writing_calls(path: Path) -> Iterator[str]:
    """Yield "file:class or function" of each call that could write in bulk."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    def visit(node: ast.AST, place: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            inner = place
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{place}.{child.name}" if place else child.name
            if (
                isinstance(child, ast.Call)
                and isinstance(child.func, ast.Attribute)
                and child.func.attr in WRITING
            ):
                yield f"{path.relative_to(ROOT)}:{inner}"
            yield from visit(child, inner)

    yield from visit(tree, "")


def all_calls() -> set[str]:
    """Return all such calls in our packages, without migrations."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {place for path in files if "migrations" not in path.parts for place in writing_calls(path)}


def test_no_content_is_written_in_bulk() -> None:
    unknown = sorted(all_calls() - set(KNOWN))
    assert not unknown, (
        "These write in bulk or in SQL. Where it is content, save each row, so that the log of changes has a "
        f"line for it; else list the place in {Path(__file__).name} with what it writes: {unknown}"
    )


def test_the_list_is_no_longer_than_the_code() -> None:
    assert sorted(set(KNOWN) - all_calls()) == []


@pytest.mark.parametrize(
    "line",
    [
        "SubstancePage.objects.filter(pk=1).update(live=False)",
        "Page.objects.bulk_create([])",
        "cursor.execute('UPDATE wagtailcore_page SET live = 0')",
    ],
)
def test_a_new_place_is_seen(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new.py").write_text(f"def mend():\n    {line}\n")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert list(writing_calls(tmp_path / "new.py")) == ["new.py:mend"]
