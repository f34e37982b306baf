"""What a load has done, in numbers and in sentences."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """What was made, what was updated, and a sentence for each thing that was left alone."""

    pages: int = 0
    snippets: int = 0
    updated: int = 0
    made: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
