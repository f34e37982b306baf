"""Keeps helplines that stand on cards from being deleted, and says where they stand."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from wagtail import hooks
from wagtail.admin import messages

from prevention.help.models import Helpline
from search.models import CardHelpline, Intent


@hooks.register("before_delete_snippet")
def keep_helplines_of_cards(request: HttpRequest, instances: Iterable[Model]) -> HttpResponse | None:
    """Delete no helpline, alone or in bulk, that stands on a card, and name the cards."""
    needed = [
        one
        for one in instances
        if isinstance(one, Helpline) and CardHelpline.objects.filter(helpline=one).exists()
    ]
    for helpline in needed:
        cards = Intent.objects.filter(helplines__helpline=helpline)
        names = ", ".join(f"'{card}'" for card in cards)
        buttons = [
            messages.button(reverse("wagtailsnippets_search_intent:edit", args=[card.pk]), str(card))
            for card in cards
        ]
        messages.error(
            request,
            f"{helpline} was not deleted. It stands on the cards {names}. Take it off there first.",
            buttons=buttons,
        )
    return HttpResponseRedirect(reverse("wagtailsnippets_help_helpline:list")) if needed else None
