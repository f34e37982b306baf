"""Which known wordings a card catches, and which it would gain and lose by a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from prevention.core.fields import lines
from search.language.phrases import PhraseBook, same_stems
from search.models import Intent, WordList, Words
from search.query.lexicon import Lexicon, lexicon
from search.query.understand import understand

SHOWN = 12


@dataclass(frozen=True)
class Effect:
    """What a card does to the known wordings, as it is in memory.

    `own`: how many have to bring it up; `missed`: those of them that do not. `gained` and `lost`: what it
    catches now and did not as it is live, and the reverse. `false`: what it catches and should not.
    """

    own: int
    missed: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    false: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"It catches {self.own - len(self.missed)} of its {self.own} known wordings."]
        for words, texts in (
            ("It misses", self.missed),
            ("It gains", self.gained),
            ("It loses", self.lost),
            ("It catches, and should not", self.false),
        ):
            if texts:
                more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
                parts.append(f"{words}: {', '.join(f'“{text}”' for text in texts[:SHOWN])}{more}.")
        return " ".join(parts)

    @property
    def digest(self) -> str:
        """What tells this effect from another, for somebody to say that they have seen it."""
        return sha256(repr(self).encode()).hexdigest()[:16]


def effect_of(card: Intent) -> Effect:
    """Return what a card as it is in memory does to the known wordings, beside all other cards."""
    stored = list(Intent.objects.live())
    changed = sorted(
        [*(other for other in stored if other.pk != card.pk), card], key=lambda one: (one.order, one.code)
    )
    own = lines(card.wordings)
    others = [text for other in stored if other.pk != card.pk for text in lines(other.wordings)]
    calm = [text for row in WordList.objects.live().filter(code=Words.CALM) for text in lines(row.words)]
    known = list(dict.fromkeys([*own, *others, *calm]))
    code = next((one.code for one in stored if one.pk == card.pk), "")
    former, now = _with_cards(stored), _with_cards(changed)
    before = {text for text in known if code and code in _shown(text, former)}
    after = {text for text in known if card.code in _shown(text, now)}
    foreign = {*calm, *others} - set(own) if card.urgent else set()
    return Effect(
        own=len(own),
        missed=tuple(text for text in own if text not in after),
        gained=tuple(text for text in known if text in after - before),
        lost=tuple(text for text in known if text in before - after),
        false=tuple(text for text in known if text in after & foreign),
    )


def _with_cards(cards: list[Intent]) -> Lexicon:
    """Return the lexicon with these cards in the place of those that are stored."""
    listed = WordList.objects.live().filter(code=Words.SAME).first()
    same = same_stems(lines(listed.words) if listed else ())
    return replace(
        lexicon(),
        intents=PhraseBook.of(((line, card.code) for card in cards for line in card.phrase_list), same),
        intent_order={card.code: position for position, card in enumerate(cards)},
        intent_pages={card.code: card.page_id for card in cards if card.page_id},
        urgent=frozenset(card.code for card in cards if card.urgent),
    )


def _shown(text: str, words: Lexicon) -> set[str]:
    """Return the codes of the cards that a search for `text` shows: the first urgent, the first calm one."""
    codes = understand(text, words).intents
    urgent = next((code for code in codes if code in words.urgent), "")
    calm = next((code for code in codes if code not in words.urgent), "")
    return {urgent, calm} - {""}
