"""From text to names, topics and intents, with a small lexicon instead of a database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.language.phrases import PhraseBook
from search.language.text import LONGEST_QUERY
from search.query.lexicon import lexicon_of
from search.query.understand import Query, complete, understand
from tests.search.test_names import ENTRIES, LEXICON, named, target

EMERGENCY = target(101, "In an emergency", kind="topic")
STOPPING = target(102, "Cutting down", kind="topic")
BRAIN = target(103, "The brain", kind="topic")
LAW = target(104, "Drugs and the law", kind="topic")
SCHOOLS = target(105, "School resources", kind="finder", audience="teachers")
PAGES = {page.page_id: page for page in (EMERGENCY, STOPPING, BRAIN, LAW, SCHOOLS)}

KNOWN = replace(
    LEXICON,
    targets={**LEXICON.targets, **PAGES},
    topics=PhraseBook.of(
        [
            ("legal", str(LAW.page_id)),
            ("misuse of drugs act", str(LAW.page_id)),
            ("memory", str(BRAIN.page_id)),
            ("lesson", str(SCHOOLS.page_id)),
            ("stop smoking", str(STOPPING.page_id)),
            ("gone", "987654"),  # a page that is not published any more
        ]
    ),
    intents=PhraseBook.of(
        [
            ("wont wake up", "emergency"),
            ("overdose", "emergency"),
            ("death", "emergency"),
            ("kill myself", "self-harm"),
            ("how to stop", "quitting"),
            ("treatment", "quitting"),
            ("best drug", "best"),
        ]
    ),
    intent_order={"self-harm": 0, "emergency": 1, "quitting": 2, "best": 3},
    intent_pages={"emergency": EMERGENCY.page_id, "quitting": STOPPING.page_id},
    urgent=frozenset({"self-harm", "emergency"}),
    nations=PhraseBook.of(
        [("scotland", "scotland"), ("glasgow", "scotland"), ("cardiff", "wales"), ("northern ireland", "ni")]
    ),
)


def read(text: str) -> Query:
    """Return what is understood of `text`."""
    return understand(text, KNOWN)


def titles(text: str) -> list[str]:
    """Return the titles of the pages whose names are recognised in `text`."""
    return [match.entry.target.title for match in read(text).matches]


def subjects(text: str) -> list[str]:
    """Return the titles of the topics of `text`."""
    return [topic.target.title for topic in read(text).topics]


# Names


@pytest.mark.parametrize("text", ["ket", "what is special k?", "ket ketamine kets"])
def test_a_whole_name_is_certain_and_its_page_comes_once(text: str) -> None:
    (match,) = read(text).matches
    assert (match.entry.target.title, match.certain) == ("Ketamine", True)


@pytest.mark.parametrize(
    ("text", "title", "how"),
    [
        ("ketamne", "Ketamine", "near"),
        ("ketam", "Ketamine", "prefix"),
        ("kteamine", "Ketamine", "near"),
        ("magic m", "Magic mushrooms", "prefix"),
        ("oxid", "Nitrous oxide", "prefix"),
    ],
)
def test_a_likely_name_is_only_a_question(text: str, title: str, how: str) -> None:
    query = read(text)
    assert [(match.entry.target.title, match.how) for match in query.guesses] == [(title, how)]
    assert query.certain == []


@pytest.mark.parametrize("text", ["ket", "nit", "magic", "is ketam bad for you then", "kettle"])
def test_a_beginning_is_looked_for_only_when_it_may_be_one(text: str) -> None:
    """Not next to a name, not for fewer than four letters, an English word, or a sentence."""
    assert "prefix" not in {match.how for match in read(text).matches}


def test_a_name_of_two_drugs_shows_both() -> None:
    assert titles("ching") == titles("is ching bad") == ["Cocaine", "Methylphenidate"]


def test_two_names_in_one_question_are_both_found() -> None:
    assert titles("can i mix ket and cocaine") == ["Ketamine", "Cocaine"]


def test_a_guess_that_explains_more_is_the_better_reading() -> None:
    (match,) = read("cristal meth").matches
    assert (match.typed, match.certain) == ("cristal meth", False)


def test_a_certain_name_stands_before_a_guess() -> None:
    assert [match.how for match in read("ketamne and cocaine").matches] == ["exact", "near"]


@pytest.mark.parametrize(
    "text", ["zzz", "of", "xylophone", "", "?!", "\ud800", "vitamin", "kettle", "ketchup"]
)
def test_what_looks_like_nothing_is_nothing(text: str) -> None:
    assert read(text).matches == ()


def test_an_empty_question_is_empty() -> None:
    assert read("").is_empty
    assert read(" \u202e!").is_empty
    assert not read("of").is_empty


# Names that nobody knows


def test_a_word_that_is_neither_english_nor_a_name_is_unknown() -> None:
    assert read("flumazenil").unknown_names == ("flumazenil",)
    assert read("is flumazenil bad with ket").unknown_names == ("flumazenil",)


@pytest.mark.parametrize(
    "text",
    ["ketamne", "ket", "maths", "centre", "bladder", "qz", "abc123", "ovredose", "memmory", "what about it"],
)
def test_what_is_understood_or_too_little_is_not_unknown(text: str) -> None:
    assert read(text).unknown_names == ()


# Intents


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("my friend took an overdose", ("emergency",)),
        ("he wont seem to wake up", ("emergency",)),
        ("ovredosed", ("emergency",)),
        ("I want to kill myself", ("self-harm",)),
        ("an overdose to kill myself", ("self-harm", "emergency")),
        ("overdose drugs, how to stop, kill myself", ("self-harm", "emergency", "quitting")),
        ("which drug is best", ("best",)),
        ("ket", ()),
    ],
)
def test_intents_come_the_most_urgent_first(text: str, intents: tuple[str, ...]) -> None:
    assert read(text).intents == intents


@pytest.mark.parametrize("text", ["ket overdose", "overdose of ketamne", "coke and ket overdose"])
def test_a_name_beside_it_does_not_hide_what_is_urgent(text: str) -> None:
    query = read(text)
    assert query.intents == ("emergency",)
    assert query.matches


def test_urgent_words_are_not_a_name_as_well() -> None:
    query = read("please help she wont wake up")
    assert query.intents == ("emergency",)
    assert query.matches == ()


def test_a_clear_name_stays_one_beside_urgent_words() -> None:
    query = read("he took dr death and wont wake up")
    assert [match.entry.target.title for match in query.matches] == ["PMA"]
    assert query.intents == ("emergency",)


@pytest.mark.parametrize(
    ("text", "title"), [("dr death", "PMA"), ("Dr. Death!", "PMA"), ("wake up", "Modafinil")]
)
def test_a_name_alone_calls_no_intent(text: str, title: str) -> None:
    assert titles(text) == [title]
    assert read(text).intents == ()
    assert subjects(text) == []


def test_one_word_of_a_long_question_about_something_else_is_too_weak() -> None:
    assert read("treatment").intents == ("quitting",)
    assert read("treatment of dry curly hair").intents == ()
    assert subjects("memory tricks for spelling lists") == []


@pytest.mark.parametrize("about", ["ket", "drugs", "dealer", "comedown"])
def test_one_word_is_enough_in_a_question_about_drugs(about: str) -> None:
    text = f"treatment and memory and dry curly hair {about}"
    assert read(text).intents == ("quitting",)
    assert set(subjects(text)) == {"Cutting down", "The brain"}


def test_an_urgent_word_is_never_too_weak() -> None:
    assert read("overdose treatment of dry curly hair long night").intents[0] == "emergency"


# Subjects


def test_a_subject_is_found_by_its_phrases() -> None:
    assert subjects("is ket legal") == ["Drugs and the law"]
    assert subjects("misuse of drugs act") == ["Drugs and the law"]
    assert subjects("lesson") == ["School resources"]


def test_the_strongest_subject_comes_first() -> None:
    assert subjects("memory and the misuse of drugs act") == ["Drugs and the law", "The brain"]


def test_the_page_of_an_urgent_intent_leads() -> None:
    assert subjects("misuse of drugs act overdose")[0] == "In an emergency"


def test_the_words_of_a_page_say_more_than_those_of_an_intent() -> None:
    own, intent = read("stop smoking weed").topics, read("how to stop weed").topics
    assert [topic.target for topic in (*own, *intent)] == [STOPPING, STOPPING]
    assert own[0].strength == 2
    assert 2 < intent[0].strength < 3


def test_a_page_that_is_gone_is_no_subject() -> None:
    assert subjects("gone") == []


def test_words_of_a_clear_name_say_nothing_of_a_subject() -> None:
    known = replace(KNOWN, topics=PhraseBook.of([("death", str(LAW.page_id))]), intents=PhraseBook.of([]))
    assert understand("dr death and ket", known).topics == ()
    assert [topic.target for topic in understand("death by ket", known).topics] == [LAW]


# Nations


@pytest.mark.parametrize(
    ("text", "nation"),
    [
        ("is ket legal in Scotland", "scotland"),
        ("help in Glasgow", "scotland"),
        ("northern ireland", "ni"),
        ("ireland", ""),
        ("from cardiff to glasgow", "wales"),
        ("ket", ""),
    ],
)
def test_a_place_says_which_nation(text: str, nation: str) -> None:
    assert read(text).nation == nation


# Words for the texts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("does ket hurt your bladder", ("ketamine", "hurt", "bladder")),
        ("special k bladder", ("ketamine", "bladder")),
        ("shrooms", ("shrooms",)),
        ("mushies and mushies", ("magic", "mushrooms")),
        ("bladder bladder", ("bladder",)),
        ("what is it", ()),
        ("ketamne", ("ketamne",)),
    ],
)
def test_a_name_is_looked_for_by_the_title_of_its_page(text: str, words: tuple[str, ...]) -> None:
    assert read(text).content_words == words


def test_beside_a_name_what_was_understood_is_not_looked_for() -> None:
    assert read("is ket legal").content_words == ("ketamine",)
    assert read("legal advice").content_words == ("legal", "advice")


# The search box


def box(text: str, most: int = 5) -> list[tuple[str, str]]:
    """Return the suggestions for `text`: (name, how)."""
    return [(match.entry.name, match.how) for match in complete(text, KNOWN, most=most)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("?", []),
        ("k", []),
        ("ke", [("Ketamine", "prefix")]),
        ("ket", [("ket", "exact")]),
        ("KETA", [("Ketamine", "prefix")]),
        ("kit k", [("kit-kat", "prefix")]),
        ("magicmush", [("Magic mushrooms", "prefix")]),
        ("dea", [("dr death", "prefix")]),
        ("me", [("Methamphetamine", "prefix"), ("Methylphenidate", "prefix")]),
        ("ching", [("ching", "exact"), ("ching", "exact")]),
        ("\U0001f344", [("\U0001f344", "exact")]),
        ("is ket", [("ket", "exact")]),
        ("ketamne", [("Ketamine", "near")]),
        ("nitrus oxide", [("Nitrous oxide", "near")]),
        ("how do i", []),
        ("xyl", []),
    ],
)
def test_names_for_a_search_box(text: str, rows: list[tuple[str, str]]) -> None:
    assert box(text) == rows


def test_the_name_that_was_typed_comes_before_those_that_begin_so() -> None:
    known = lexicon_of([*ENTRIES, *named(target(50, "Examplium"), "ketamax")])
    assert [match.entry.name for match in complete("ket", known, most=5)] == ["ket", "ketamax"]


def test_no_more_names_than_asked_for() -> None:
    assert len(box("me", most=1)) == 1
    assert box("me", most=0) == []


# Anything at all


@given(st.text(st.characters(), max_size=2000), st.integers(0, 2000))
@example("\ud800\x00\u202e'@$" * 100, 2000)
@example("he took dr death n ketamne, wont wake up in glasgow \U0001f344 c0ca1ne 2-CB " * 20, 150)
@settings(deadline=None)
def test_no_beginning_of_any_text_breaks_it(text: str, length: int) -> None:
    typed = text[:length]
    query = understand(typed, KNOWN)
    assert sum(len(word) for word in query.words) <= LONGEST_QUERY * 8
    for match in query.matches:
        assert match.span.stop <= len(query.words)
    assert len(complete(typed, KNOWN, most=5)) <= 5


@given(st.text("ket amin cohgsd'19@", max_size=40))
@settings(deadline=None)
def test_no_beginning_of_a_question_breaks_it(text: str) -> None:
    for length in range(len(text) + 1):
        query = understand(text[:length], KNOWN)
        pages = [match.entry.target.page_id for match in query.matches]
        assert len(pages) == len(set(pages))
        complete(text[:length], KNOWN, most=5)
