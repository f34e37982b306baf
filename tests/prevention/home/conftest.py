"""A small folder of starter content: one new substance and one new topic, correct in every field."""

from __future__ import annotations

from pathlib import Path

import pytest

SUBSTANCE = """\
---
model: substances.SubstancePage
slug: examplium
title: Examplium
summary: "An invented drug for the tests."
families: [dissociatives]
emergency_signs: ["They do not wake up"]
emergency_do: ["Call 999"]
legal_statuses:
  - regime: mda
    drug_class: B
    effective_from: 2020-01-01
    instrument: "The Example Order 2020"
    citation_url: https://www.legislation.gov.uk/
    plain_words: "It is illegal to have it."
    verified_on: 2026-11-24
    checked_against: "The Order, on legislation.gov.uk"
questions: [{question: "Is it new?", answer: "Yes."}]
last_reviewed: 2026-11-24
next_review: 2027-11-24
---

# Risks now

You can fall. This goes on
in a second line.

# Mixing it

Nobody has written about mixing it.
"""
NAMES = """\
names:
  - {name: exy, kind: street, source: "The tests"}
"""
SOURCES = """\
sources:
  nhs: {title: A, publisher: NHS, url: "https://nhs.uk/", accessed: 2026-11-24}
citations:
  short_term_risks: [nhs]
  mixing: [nhs]
"""
TOPIC = """\
---
model: home.StandardPage
slug: examples
title: Examples
summary: "An invented topic for the tests."
---

# Body

## Heading

Some **words** and [a link](https://www.nhs.uk/).
"""
FILES = {
    "substances/examplium.md": SUBSTANCE,
    "substances/examplium.names.yaml": NAMES,
    "substances/examplium.sources.yaml": SOURCES,
    "pages/examples.md": TOPIC,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Starter content that loads: the substance examplium, in three files, and the topic examples."""
    for place, text in FILES.items():
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path
