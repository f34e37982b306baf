"""Which sources a young reader is sent to: those of the list, and no other."""

from __future__ import annotations

import pytest
from django.test import Client

from prevention.core.models import Citation
from prevention.core.templatetags.sources import may_be_linked
from tests.factories import DAY, StandardPageFactory


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://www.nhs.uk/medicines/", True),
        ("https://nhs.uk", True),
        ("https://www.legislation.gov.uk./uksi/2014/1106", True),
        ("https://pubmed.ncbi.nlm.nih.gov/1/", True),
        ("https://notnhs.uk/", False),
        ("https://nhs.uk.example/", False),
        ("https://user@example.org/nhs.uk", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_only_known_hosts_and_what_is_below_them(url: str, linked: bool) -> None:
    assert may_be_linked(url) is linked


@pytest.mark.django_db
def test_another_source_is_named_without_a_link(reader: Client) -> None:
    page = StandardPageFactory(title="A topic", slug="a-topic")
    for number, host in enumerate(("nhs.uk", "shop.example")):
        Citation.objects.create(
            page=page,
            section="body",
            title=f"Study {number}",
            publisher="P",
            url=f"https://{host}/",
            accessed=DAY,
        )
    html = reader.get("/a-topic/").content.decode()
    assert '<a href="https://nhs.uk/" rel="noreferrer">Study 0</a>' in html
    assert "Study 1" in html
    assert "shop.example" not in html
    sources = reader.get("/api/v1/topics/a-topic").json()["sources"]
    assert [source["url"] for source in sources] == ["https://nhs.uk/", "https://shop.example/"]
