"""What editors should look at among the cards."""

from __future__ import annotations

from collections.abc import Iterator

from wagtail.admin.admin_url_finder import AdminURLFinder

from prevention.editorial.attention import AttentionItem, attention_source
from search.models import Intent
from search.rules import card_rules


@attention_source
def lost_cards() -> Iterator[AttentionItem]:
    """Yield the live cards that lack what a card must have, since what they lead to was withdrawn."""
    for card in Intent.objects.live().prefetch_related("helplines__helpline"):
        for sentence in card_rules(card).values():
            url = AdminURLFinder().get_edit_url(card) or ""
            yield AttentionItem("Card that leads nowhere", str(card), url, sentence)
