"""What refers to a page or a fact by the names that Wagtail's generic relations have for it."""

from __future__ import annotations

from collections.abc import Iterable

from wagtail.models import Page

from prevention.core.models import Fact
from prevention.core.references import referred_by
from prevention.editorial.models import SignOff


@referred_by(Page)
@referred_by(Fact)
def sign_offs_of(content: Page | Fact) -> Iterable[SignOff]:
    """Return the sign-offs of a page or a fact: the record of who approved which text outlasts the text."""
    return SignOff.objects.for_instance(content)
