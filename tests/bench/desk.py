"""What the desk costs: opening, saving and publishing a page in the admin; print a Markdown table.

CPU seconds of this process, the least of three, and the size and queries of the form. Everything is also told
as a multiple of opening the admin's list of users, in which nothing of ours is.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client
    from wagtail.models import Page

TRIES = 3
SUBSTANCES = ("cannabis", "ketamine", "kava")


def least(call: Callable[[], Any]) -> float:
    """Return the least CPU seconds of several calls."""
    found = []
    for _ in range(TRIES):
        began = time.process_time()
        call()
        found.append(time.process_time() - began)
    return min(found)


def pages() -> list[Page]:
    """Return three substances, the longest form among them, and the first page of every other type."""
    from wagtail.models import Page

    from prevention.core.review import page_models

    first = [model.objects.live().order_by("path").first() for model in page_models()]
    others = [page for page in first if page and page.kind != "substance"]
    return [Page.objects.get(slug=slug).specific for slug in SUBSTANCES] + others


def row(client: Client, page: Page, unit: float) -> str:
    """Return the line of the table for one page; `unit` is what the list of users costs, in CPU seconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from tests.forms import posted

    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    with CaptureQueriesContext(connection) as queries:
        html = client.get(address).content.decode()
        asked = len(queries)
    form = posted(html)
    numbers = iter(range(10_000))

    def send(**action: str) -> None:
        answer = client.post(address, {**form, "change_note": [f"Change {next(numbers)}."], **action})
        assert answer.status_code == 302, f"{page} was not saved"

    costs = [
        least(lambda: client.get(address)),
        least(send),
        least(lambda: send(**{"action-publish": "1"})),
    ]
    shown = " | ".join(f"{cost:.2f} s ({cost / unit:.1f})" for cost in costs)
    return f"| {page.slug} | {len(html.encode()) / 1000:.0f} KB | {asked} | {shown} |"


def measure(folder: Path) -> None:
    """Measure on a copy of the site in `folder`, and print the table."""
    from django.conf import settings
    from django.test import Client
    from django.test.utils import setup_test_environment

    from tests.databases import copied

    setup_test_environment()
    logging.getLogger("candour.access").setLevel(logging.WARNING)
    settings.MEDIA_ROOT = str(folder / "media")
    with copied(folder, "desk"):
        from prevention.users.models import User

        client = Client()
        client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
        client.get("/admin/users/")
        unit = least(lambda: client.get("/admin/users/"))
        print(f"| page | form | queries | open | save | publish |  (unit: {unit:.3f} s)")
        print("|---|---|---|---|---|---|")
        for page in pages():
            print(row(client, page, unit), flush=True)


def main() -> int:
    """Run the benchmark; return the exit status."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
