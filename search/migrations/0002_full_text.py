"""The text index beside the documents: FTS5 with triggers on SQLite, a generated vector on PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import migrations

SQLITE = (
    """CREATE VIRTUAL TABLE search_fts USING fts5(title, names, summary, body,
       content='search_searchdocument', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER search_fts_insert AFTER INSERT ON search_searchdocument BEGIN
       INSERT INTO search_fts(rowid, title, names, summary, body)
       VALUES (new.id, new.title, new.names, new.summary, new.body); END""",
    """CREATE TRIGGER search_fts_delete AFTER DELETE ON search_searchdocument BEGIN
       INSERT INTO search_fts(search_fts, rowid, title, names, summary, body)
       VALUES ('delete', old.id, old.title, old.names, old.summary, old.body); END""",
    """CREATE TRIGGER search_fts_update AFTER UPDATE ON search_searchdocument BEGIN
       INSERT INTO search_fts(search_fts, rowid, title, names, summary, body)
       VALUES ('delete', old.id, old.title, old.names, old.summary, old.body);
       INSERT INTO search_fts(rowid, title, names, summary, body)
       VALUES (new.id, new.title, new.names, new.summary, new.body); END""",
)
SQLITE_REVERSE = (
    "DROP TRIGGER search_fts_update",
    "DROP TRIGGER search_fts_delete",
    "DROP TRIGGER search_fts_insert",
    "DROP TABLE search_fts",
)
POSTGRESQL = (
    """ALTER TABLE search_searchdocument ADD COLUMN vector tsvector GENERATED ALWAYS AS (
       setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', names), 'A') ||
       setweight(to_tsvector('english', summary), 'B') || setweight(to_tsvector('english', body), 'D')) STORED""",
    "CREATE INDEX search_vector ON search_searchdocument USING gin (vector)",
)
POSTGRESQL_REVERSE = ("DROP INDEX search_vector", "ALTER TABLE search_searchdocument DROP COLUMN vector")


def forwards(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, SQLITE, POSTGRESQL)


def backwards(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, SQLITE_REVERSE, POSTGRESQL_REVERSE)


def _run(schema_editor: Any, sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
