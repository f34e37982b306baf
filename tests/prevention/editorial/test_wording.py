"""The wording rules find what they should, and leave plain talk alone."""

from __future__ import annotations

import pytest

from prevention.editorial.wording import find_wording, wording_rules

AVOID = [
    ("He is a drug addict.", "addict"),
    ("Most users feel warm.", "users"),
    ("A cannabis user may feel sleepy.", "user"),
    ("She was called a junkie.", "junkie"),
    ("Substance abuse is common.", "Substance abuse"),
    ("He got clean last year.", "got clean"),
    ("Never share dirty needles.", "dirty needles"),
    ("It paid for a heroin habit.", "heroin habit"),
    ("Just say no.", "Just say no"),
    ("One pill can kill.", "One pill can kill"),
    ("It will ruin your life.", "ruin your life"),
    ("Cannabis is safe.", "is safe"),
    ("It’s perfectly safe.", "It’s perfectly safe"),
    ("This is a safe amount for adults.", "safe amount"),
    ("It is safe to mix them.", "is safe"),
    ("Vapes are harmless.", "harmless"),
    ("It is a low-risk drug.", "low-risk"),
    ("People take 50mg.", "50mg"),
    ("The usual dose is small.", "usual dose"),
    ("It costs £20 a gram.", "£20 a gram"),
    ("We explain how to buy it.", "how to buy"),
]
LEAVE = [
    "People who use drugs can get help.",
    "Someone who is dependent on alcohol needs a doctor first.",
    "Alcoholic drinks make this more likely.",
    "There is no safe amount.",
    "Mixing is never safe.",
    "It isn't safe to drive.",
    "No drug is harmless.",
    "Find a safe place and stay with them.",
    "It is safe to call 999: you will not be in trouble.",
    "Keep them safe until help comes.",
    "Ask only what you need to know that they are safe.",
    "Stay until your friend is safe.",
    "Talk to someone if you were abused as a child.",
    "Use clean water on the burn.",
    "The website is easy to use.",
    "We never say how to buy it.",
    "Addiction is not a weakness.",
    "Wheelchair users can come in at the side.",
    "Call 999. Tell them what was taken, how much and when.",
]


@pytest.mark.parametrize(("text", "word"), AVOID)
def test_words_to_avoid_are_found(text: str, word: str) -> None:
    found = find_wording(text)
    assert word in [finding.word for finding in found]
    for finding in found:
        assert finding.why
        assert finding.instead
        assert finding.source


@pytest.mark.parametrize("text", LEAVE)
def test_plain_talk_is_left_alone(text: str) -> None:
    assert find_wording(text) == []


def test_a_not_clears_its_own_sentence_only() -> None:
    assert find_wording("This is not what you think. It is safe.") != []


def test_findings_come_in_the_order_of_the_text() -> None:
    words = [finding.word for finding in find_wording("It is harmless, said the addict. Most users agree.")]
    assert words == ["harmless", "addict", "users"]


def test_every_rule_says_why_what_instead_and_who_says_so() -> None:
    for rule in wording_rules():
        assert rule.why
        assert rule.instead
        assert rule.source


def test_no_rule_complains_about_its_own_advice() -> None:
    for rule in wording_rules():
        assert find_wording(f"Write: {rule.instead}.") == []
