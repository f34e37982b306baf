"""The names of substances, each with its region, its source and whether it is ambiguous or offensive."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import ClassVar
from urllib.parse import urlencode

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel
from wagtail.models import Orderable

from prevention.core.fields import LinesField, lines
from prevention.substances.models.vocabulary import NameKind


class SubstanceName(Orderable):
    """One name of one substance, listed on its page if it may be shown."""

    quoted_fields: ClassVar[tuple[str, ...]] = ("*",)

    page = ParentalKey("substances.SubstancePage", on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=NameKind.choices, default=NameKind.STREET)
    region = models.CharField(
        max_length=60, blank=True, help_text="Where it is used; empty means all of the UK."
    )
    ambiguous = models.BooleanField(default=False, help_text="It also means something else, or another drug.")
    offensive = models.BooleanField(default=False, help_text="Recognised in search, never shown.")
    show_publicly = models.BooleanField(default=True)
    source = models.CharField(max_length=255, help_text="Who says so: a named public source.")

    panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("kind"), FieldPanel("region")]),
        FieldRowPanel([FieldPanel("ambiguous"), FieldPanel("offensive"), FieldPanel("show_publicly")]),
        FieldPanel("source"),
    ]

    class Meta(Orderable.Meta):
        constraints = (models.UniqueConstraint(fields=("page", "name"), name="unique_name_per_substance"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        """Whether the page and the A to Z may show the name."""
        return self.show_publicly and not self.offensive

    def address(self, url: str) -> str:
        """Return `url` with ?name=, so that the substance's page shows which name was looked for."""
        return f"{url}?{urlencode({'name': self.name})}"


class SearchNameList(Orderable):
    """Names of one substance that search recognises but its page does not list; one row for each source.

    They are kept off the page because hundreds of rare names would hide the common ones (decision 35). A
    reader who searched for one of them still sees on the page that it is a name of this substance.
    """

    quoted_fields: ClassVar[tuple[str, ...]] = ("*",)
    # What a list says, without its page and its place.
    facts: ClassVar[tuple[str, ...]] = ("names", "kind", "region", "ambiguous", "offensive", "source")

    page = ParentalKey("substances.SubstancePage", on_delete=models.CASCADE, related_name="search_lists")
    names = LinesField(blank=False, help_text="One to a line.")
    kind = models.CharField(max_length=12, choices=NameKind.choices, default=NameKind.STREET)
    region = models.CharField(
        max_length=60, blank=True, help_text="Where they are used; empty means all of the UK."
    )
    ambiguous = models.BooleanField(
        default=False, help_text="They also mean something else, or another drug."
    )
    offensive = models.BooleanField(default=False, help_text="Recognised in search, never shown.")
    source = models.CharField(max_length=255, help_text="Who says so: a named public source.")

    # How versions of a page are compared; they are changed on a screen of their own (views.py).
    panels: ClassVar[list[Panel]] = [FieldPanel(name) for name in facts]

    class Meta(Orderable.Meta):
        verbose_name = "list of names for search"

    def __str__(self) -> str:
        return f"{len(self.name_list)} names, {self.source}"

    @property
    def name_list(self) -> list[str]:
        """The names, one text each."""
        return lines(self.names)

    @property
    def key(self) -> str:
        """What tells it from the other lists of its page, and changes with what it says: 16 hex digits.

        It has no id before its page is published.
        """
        said = json.dumps([getattr(self, name) for name in self.facts])
        return sha256(said.encode()).hexdigest()[:16]

    def named(self, name: str) -> SubstanceName:
        """Return an unsaved SubstanceName for `name`, with the facts of this row."""
        return SubstanceName(
            page=self.page,
            name=name,
            kind=self.kind,
            region=self.region,
            ambiguous=self.ambiguous,
            offensive=self.offensive,
            show_publicly=False,
            source=self.source,
        )
