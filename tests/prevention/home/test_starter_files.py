"""The form of the starter's files: lines of the usual length, and schemas that hold what the loader holds."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from prevention.home.starter_loader import STARTER
from prevention.home.starter_loader.files import LOADER
from prevention.home.starter_loader.schema import SCHEMAS, schema_texts, schemas
from prevention.home.starter_loader.wrap import WIDTH

FILES = sorted(path for path in STARTER.rglob("*") if path.suffix in {".md", ".yaml"})
WITH_SCHEMA = [path for path in FILES if path.name != "README.md"]
ADDRESS = re.compile(r"https?://[^\s\")]+")
REFERENCE = re.compile(r"(?:---\n)?# yaml-language-server: \$schema=(\S+)\n")


def test_no_line_is_longer_than_usual_but_for_its_address() -> None:
    assert len(FILES) > 460
    long = [
        f"{path.name}, line {number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(ADDRESS.sub("", line)) > WIDTH
    ]
    assert long == []


def test_the_schemas_are_those_of_the_models() -> None:
    """`make content-files` writes them anew."""
    there = {path.name: path.read_text(encoding="utf-8") for path in (STARTER / SCHEMAS).iterdir()}
    assert there == schema_texts()


@pytest.mark.parametrize("kind", schemas())
def test_a_schema_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(json.loads(schema_texts()[f"{kind}.json"]))


def as_json(value: Any) -> Any:
    """What a tool reads, for which a date is a text."""
    if isinstance(value, dict):
        return {key: as_json(row) for key, row in value.items()}
    if isinstance(value, list):
        return [as_json(row) for row in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def mistakes(kind: str, text: str) -> list[str]:
    """What the schema of a kind of file says against a text, which is YAML."""
    validator = Draft202012Validator(schemas()[kind], format_checker=Draft202012Validator.FORMAT_CHECKER)
    data = as_json(yaml.load(text, Loader=LOADER))  # noqa: S506  (it is a safe loader)
    return [error.message for error in validator.iter_errors(data)]


def test_every_file_names_its_schema_and_keeps_to_it() -> None:
    wrong = {}
    for path in WITH_SCHEMA:
        text = path.read_text(encoding="utf-8")
        match = REFERENCE.match(text)
        assert match, path.name
        schema = (path.parent / match[1]).resolve()
        assert schema.parent == STARTER / SCHEMAS
        facts = text.removeprefix("---\n").partition("\n---\n")[0] if path.suffix == ".md" else text
        if found := mistakes(schema.stem, facts):
            wrong[path.name] = found
    assert wrong == {}


@pytest.mark.parametrize(
    ("kind", "path", "old", "new", "words"),
    [
        ("substance", "substances/ketamine.md", "title: Ketamine\n", "", "'title' is a required property"),
        ("substance", "substances/ketamine.md", "title: Ketamine", "colour: red", "'colour' was unexpected"),
        ("substance", "substances/ketamine.md", "title: Ketamine", "looks: white", "'looks' was unexpected"),
        ("substance", "substances/ketamine.md", "slug: ketamine", "slug: Bad Slug", "does not match"),
        ("substance", "substances/ketamine.md", "flags: [medicine]", "flags: [blue]", "'blue' is not one of"),
        ("substance", "substances/ketamine.md", "drug_class: B", "drug_class: Q", "'Q' is not one of"),
        (
            "substance",
            "substances/ketamine.md",
            "next_review: 2027-11-24",
            "next_review: soon",
            "not a 'date'",
        ),
        (
            "substance",
            "substances/ketamine.md",
            "show_in_menus: true",
            "show_in_menus: 3",
            "not of type 'boolean'",
        ),
        ("topic", "pages/emergency.md", "place: 1", "place: first", "not of type 'integer'"),
        ("topic", "pages/emergency.md", "theme: now", "theme: never", "'never' is not one of"),
        ("pack", "packs/ketamine-and-choices.md", "file: packs/files/", "file: elsewhere/", "does not match"),
        ("pack", "packs/ketamine-and-choices.md", "age_min: 14", "age_min: -1", "less than the minimum"),
        (
            "names",
            "substances/ketamine.names.yaml",
            "name: ket,",
            "nmae: ket,",
            "'name' is a required property",
        ),
        (
            "sources",
            "substances/ketamine.sources.yaml",
            "accessed: 2026",
            "read: 2026",
            "'accessed' is a required",
        ),
        ("helplines", "helplines.yaml", "kind: emergency", "kind: nice", "'nice' is not one of"),
        ("interactions", "interactions.yaml", "level: danger", "level: safe", "'safe' is not one of"),
        ("vocabularies", "vocabularies.yaml", "key_stages:", "stages:", "'stages' was unexpected"),
        ("wordlists", "wordlists.yaml", "code: context", "code: nonsense", "'nonsense' is not one of"),
        ("intents", "intents.yaml", "code: emergency", "kode: emergency", "'code' is a required property"),
    ],
)
def test_a_schema_refuses_what_the_loader_refuses(
    kind: str, path: str, old: str, new: str, words: str
) -> None:
    text = (STARTER / path).read_text(encoding="utf-8")
    text = text.removeprefix("---\n").partition("\n---\n")[0] if path.endswith(".md") else text
    assert old in text
    assert mistakes(kind, text) == []
    assert any(words in message for message in mistakes(kind, text.replace(old, new, 1)))
