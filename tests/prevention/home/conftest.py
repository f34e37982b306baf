"""A small folder of starter content: one new substance and one new topic, correct in every field."""

from __future__ import annotations

from pathlib import Path

import pytest

SUBSTANCE = """\
model: substances.SubstancePage
slug: examplium
title: Examplium
summary: "An invented drug for the tests."
names:
  - {name: exy, kind: street, source: "The tests"}
families: [dissociatives]
emergency_signs: ["They do not wake up"]
emergency_do: ["Call 999"]
short_term_risks: |
  You can fall.
legal_statuses:
  - regime: mda
    drug_class: B
    effective_from: 2020-01-01
    instrument: "The Example Order 2020"
    citation_url: https://www.legislation.gov.uk/
    plain_words: "It is illegal to have it."
    verified_on: 2026-11-24
questions:
  - {question: "Is it new?", answer: "Yes."}
sources:
  nhs: {title: A, publisher: NHS, url: "https://nhs.uk/", accessed: 2026-11-24}
citations:
  short_term_risks: [nhs]
last_reviewed: 2026-11-24
next_review: 2027-11-24
"""
TOPIC = """\
model: home.StandardPage
slug: examples
title: Examples
summary: "An invented topic for the tests."
body: |
  ## Heading

  Some **words** and [a link](https://www.nhs.uk/).
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Starter content that loads: substances/examplium.yaml (30 lines) and pages/examples.yaml."""
    for place, text in (("substances/examplium.yaml", SUBSTANCE), ("pages/examples.yaml", TOPIC)):
        path = tmp_path / place
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return tmp_path
