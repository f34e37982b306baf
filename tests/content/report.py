"""The starter content in numbers as a Markdown table, read from its files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import median
from typing import Any

from prevention.editorial.reading_age import flesch_kincaid_grade
from prevention.home.starter_loader import INTERACTIONS, STARTER
from tests.prevention.home.test_coverage import sentences
from tests.prevention.home.test_starter_content import PAGES, SUBSTANCES, TEACHERS, parsed, prose


def rows() -> Iterator[tuple[str, str]]:
    """Return (label, number) of every line of the report."""
    data = {path.stem: parsed(path) for path in PAGES}
    for model, number in sorted(Counter(page["model"] for page in data.values()).items()):
        yield f"pages: {model}", str(number)
    groups = sum(bool(page.get("is_group")) for page in data.values())
    yield "of the substance pages, about groups", str(groups)
    yield "names of substances", str(sum(len(page.get("names", ())) for page in data.values()))
    lists = [row for page in data.values() for row in page.get("search_lists", ())]
    yield "names that search alone knows", str(sum(len(row["names"]) for row in lists))
    yield from _mixing()
    yield from _law(data)
    yield from _reading(data)
    yield from _sources(data)
    yield from _repeats(data)


def _mixing() -> Iterator[tuple[str, str]]:
    records = parsed(STARTER / INTERACTIONS)
    for key in ("level", "reliability"):
        for value, number in sorted(Counter(record[key] for record in records).items()):
            yield f"mixing records, {key} {value}", str(number)


def _law(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    laws = [row for page in data.values() for row in page.get("legal_statuses", ())]
    yield "rows of the law, verified", str(sum(row.get("verified_on") is not None for row in laws))
    yield "rows of the law, for editors to verify", str(sum(row.get("verified_on") is None for row in laws))


def _reading(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    grades = {
        name: flesch_kincaid_grade("\n\n".join(prose(page).values()))
        for name, page in data.items()
        if page["model"] != TEACHERS
    }
    worst = max(grades, key=lambda name: grades[name])
    yield "reading grade (Flesch-Kincaid), median page", f"{median(grades.values()):.1f}"
    yield "reading grade, hardest page", f"{grades[worst]:.1f} ({worst})"


def _sources(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    numbers = {path.stem: len(data[path.stem]["sources"]) for path in SUBSTANCES}
    least = min(numbers, key=lambda name: numbers[name])
    yield "sources of a substance page, median", f"{median(numbers.values()):.0f}"
    yield "sources of a substance page, least", f"{numbers[least]} ({least})"


def _repeats(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    pages: dict[str, set[str]] = defaultdict(set)
    for path in SUBSTANCES:
        fields = prose(data[path.stem])
        fields.pop("legal_statuses", None)
        for sentence in sentences("\n".join(fields.values())):
            pages[sentence].add(path.stem)
    common = sorted(sentence for sentence, found in pages.items() if len(found) > 3)
    yield "different sentences on substance pages", str(len(pages))
    share = len(common) / len(pages)
    yield "of them on more than three pages", f"{len(common)} ({share:.2%}): {'; '.join(common) or 'none'}"


def main() -> None:
    """Print the report."""
    print("| what | number |\n|---|---|")
    for what, number in rows():
        print(f"| {what} | {number} |")
