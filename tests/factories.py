"""Factories for content that tests need beside the starter content. Tests create content only here."""

from __future__ import annotations

import datetime
from typing import Any

import factory
import wagtail_factories

from prevention import clock
from prevention.alerts.models import Alert
from prevention.core.models import Citation
from prevention.home.models import HomePage, StandardPage
from prevention.substances.models import (
    Interaction,
    LegalStatus,
    SubstanceIndexPage,
    SubstanceName,
    SubstancePage,
)
from resources.models import LessonPackPage, ResourceIndexPage

DAY = datetime.date(2026, 11, 1)


def source_of(section: str) -> Citation:
    """Return a source, not saved, of a section of a page."""
    return Citation(
        section=section,
        title="A study",
        publisher="NHS",
        url="https://www.nhs.uk/mixing/",
        accessed=DAY,
    )


class SubstancePageFactory(wagtail_factories.PageFactory):
    """A published substance under the A to Z. `names=["ket"]` gives it street names."""

    class Meta:
        model = SubstancePage
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Examplium {n}")
    slug = factory.LazyAttribute(lambda page: page.title.lower().replace(" ", "-"))
    parent = factory.LazyFunction(SubstanceIndexPage.objects.get)
    summary = "An invented drug for the tests."
    emergency_signs = "They do not wake up"
    emergency_do = "Call 999"
    mixing = "<p>Nobody has written about mixing it.</p>"
    citations = factory.LazyFunction(lambda: [source_of("mixing")])
    last_reviewed = DAY
    next_review = DAY + datetime.timedelta(days=365)

    @factory.post_generation
    def names(self, create: bool, extracted: list[str] | None, **kwargs: Any) -> None:
        """Give the page these street names."""
        for name in extracted or []:
            SubstanceName.objects.create(page=self, name=name, kind="street", source="The tests")


class LegalStatusFactory(factory.django.DjangoModelFactory[LegalStatus]):
    """A verified legal status: Class B from 2020 on."""

    class Meta:
        model = LegalStatus

    regime = "mda"
    drug_class = "B"
    effective_from = datetime.date(2020, 1, 1)
    instrument = "The Example Order 2020"
    citation_url = "https://www.legislation.gov.uk/"
    plain_words = "It is illegal to have it."
    verified_on = DAY
    checked_against = "The Order, on legislation.gov.uk"


class StandardPageFactory(wagtail_factories.PageFactory):
    """A published topic page."""

    class Meta:
        model = StandardPage

    title = factory.Sequence(lambda n: f"Topic {n}")
    parent = factory.LazyFunction(HomePage.objects.get)
    summary = "An invented topic for the tests."
    body = "<p>Some words.</p>"


class LessonPackPageFactory(wagtail_factories.PageFactory):
    """A published pack without files."""

    class Meta:
        model = LessonPackPage

    title = factory.Sequence(lambda n: f"Pack {n}")
    parent = factory.LazyFunction(ResourceIndexPage.objects.get)
    summary = "An invented pack for the tests."
    overview = "<p>Some words.</p>"
    age_min = 11
    age_max = 14
    prevention_level = "universal"
    duration_minutes = 50
    setting = "classroom"
    approach = "skills"


class AlertFactory(factory.django.DjangoModelFactory[Alert]):
    """An alert for every page, from today for four weeks."""

    class Meta:
        model = Alert

    title = "Strong pills about"
    summary = "Pills sold as something else were found."
    source_title = "A laboratory"
    url = "https://example.org/alert"
    effective_from = factory.LazyFunction(clock.today)
    expires_on = factory.LazyFunction(lambda: clock.today() + datetime.timedelta(days=28))


class InteractionFactory(factory.django.DjangoModelFactory[Interaction]):
    """A record on mixing: danger to life, seen in people. Pass `first` and `second`."""

    class Meta:
        model = Interaction

    level = "danger"
    reliability = "proven"
    explanation = "They slow your breathing."
    source_title = "A study"
    source_publisher = "NHS"
    source_url = "https://www.nhs.uk/"
    source_accessed = DAY
