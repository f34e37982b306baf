"""The order of results, from what was understood and the hits of an engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prevention.substances.models import Interaction, Mixture
from search.engines import Found, Hit
from search.engines.base import CLOSE, OPEN
from search.query.lexicon import Lexicon, Target
from search.query.names import Match
from search.query.understand import Query, Topic
from search.rank import KINDS, MOST_RESULTS, NOT_KNOWN, Mixed, Result, in_sentence, marked, rank
from tests.search.test_names import COCAINE, KETAMINE, METH, named, target

MIXING = target(200, "Mixing drugs", kind="mixing")
EMERGENCY = target(201, "In an emergency", kind="topic")
LAW = target(202, "Drugs and the law", kind="topic")
BRAIN = target(203, "The brain", kind="topic")
SCHOOLS = target(204, "School resources", kind="finder", audience="teachers")
CHILD = target(205, "Worried about a child", kind="topic", audience="parents")
COMEDOWN = target(206, "Comedowns", kind="topic")
PAGES = (KETAMINE, COCAINE, METH, MIXING, EMERGENCY, LAW, BRAIN, SCHOOLS, CHILD, COMEDOWN)
KNOWN = Lexicon(
    targets={page.page_id: page for page in PAGES},
    urgent=frozenset({"emergency"}),
    intent_pages={"emergency": EMERGENCY.page_id, "best": LAW.page_id},
)


def match(page: Target, name: str = "", *, how: str = "exact", span: range = range(1)) -> Match:
    """Return a match of a name of `page` (default: its title)."""
    (entry,) = named(page, name or page.title, kind="street" if name else "title")
    return Match(entry, entry.folded, how, span)


def hit(page: Target, snippet: str = "", *, score: float = 1.0) -> Hit:
    """Return a hit of `page` with its text."""
    return Hit(
        page_id=page.page_id,
        kind=page.kind,
        audience=page.audience,
        slug=page.slug,
        url=page.url,
        title=page.title,
        summary=page.summary,
        snippet=snippet,
        score=score,
    )


def ranked(query: Query, *hits: Hit, mixed: tuple[Mixed, ...] = ()) -> list[Result]:
    """Return the results for a query, these hits and pairs."""
    results, _ = rank(query, Found(list(hits)), mixed, KNOWN)
    return results


def titles(query: Query, *hits: Hit, mixed: tuple[Mixed, ...] = ()) -> list[str]:
    """Return the titles of the results, best first."""
    return [result.title for result in ranked(query, *hits, mixed=mixed)]


# Order


def test_everything_in_its_tier() -> None:
    query = Query(
        matches=(
            match(KETAMINE),
            match(METH, span=range(1, 2)),
            match(COCAINE, how="near", span=range(2, 3)),
        ),
        topics=(Topic(EMERGENCY, 0.5), Topic(SCHOOLS, 1), Topic(LAW, 3), Topic(BRAIN, 1)),
        intents=("emergency",),
    )
    found = titles(query, hit(COMEDOWN, score=9999), mixed=(Mixed(KETAMINE, METH, None),))
    assert found[:-1] == [
        "Ketamine",
        "Methamphetamine",
        "Mixing ketamine and methamphetamine",
        "In an emergency",
        "Cocaine",
        "Drugs and the law",
        "School resources",
        "The brain",
    ]
    assert found[-1] == "Comedowns"


def test_a_page_for_teachers_leads() -> None:
    query = Query(matches=(match(KETAMINE),), topics=(Topic(EMERGENCY, 2), Topic(SCHOOLS, 1)))
    assert titles(query)[0] == "School resources"
    assert titles(replace(query, intents=("emergency",)))[0] == "Ketamine"


def test_a_page_for_parents_does_not() -> None:
    assert titles(Query(matches=(match(KETAMINE),), topics=(Topic(CHILD, 5),))) == [
        "Ketamine",
        "Worried about a child",
    ]


def test_drugs_stand_in_the_order_in_which_they_were_named() -> None:
    assert titles(Query(matches=(match(METH), match(KETAMINE)))) == ["Methamphetamine", "Ketamine"]


def test_a_drug_stands_before_a_subject_that_was_named_first() -> None:
    assert titles(Query(matches=(match(BRAIN), match(KETAMINE)))) == ["Ketamine", "The brain"]


def test_the_page_of_an_intent_that_is_not_urgent_is_a_subject_like_others() -> None:
    query = Query(topics=(Topic(LAW, 1), Topic(BRAIN, 2)), intents=("best",))
    assert titles(query) == ["The brain", "Drugs and the law"]


def test_pages_found_by_their_text_keep_the_order_of_the_engine() -> None:
    assert titles(Query(), hit(LAW, score=1), hit(BRAIN, score=5)) == ["Drugs and the law", "The brain"]


def test_a_page_comes_once() -> None:
    query = Query(matches=(match(KETAMINE),), topics=(Topic(BRAIN, 1),))
    assert titles(query, hit(BRAIN), hit(KETAMINE)) == ["Ketamine", "The brain"]


def test_a_page_that_has_gone_since_is_not_shown() -> None:
    assert titles(Query(), hit(target(999, "Gone")), hit(LAW)) == ["Drugs and the law"]


def test_there_is_an_end_to_it() -> None:
    pages = [target(300 + n, f"Page {n}", kind="topic") for n in range(MOST_RESULTS + 5)]
    known = replace(KNOWN, targets={page.page_id: page for page in pages})
    results, _ = rank(Query(), Found([hit(page) for page in pages]), (), known)
    assert [result.title for result in results] == [page.title for page in pages[:MOST_RESULTS]]


# Guesses


def test_without_a_certain_name_a_guess_stands_before_the_subjects() -> None:
    query = Query(
        matches=(match(COCAINE, how="near"),), topics=(Topic(EMERGENCY, 1),), intents=("emergency",)
    )
    results = ranked(query)
    assert [(result.title, result.certain) for result in results] == [
        ("Cocaine", False),
        ("In an emergency", True),
    ]


def test_beside_a_certain_name_a_guess_stands_after_it() -> None:
    query = Query(matches=(match(COCAINE, how="near"), match(KETAMINE, span=range(1, 2))))
    assert titles(query) == ["Ketamine", "Cocaine"]


def test_a_guess_that_explains_more_words_stands_before_the_name_in_it() -> None:
    query = Query(matches=(match(KETAMINE, span=range(1, 2)), match(METH, how="near", span=range(2))))
    assert titles(query) == ["Methamphetamine", "Ketamine"]


@pytest.mark.parametrize(("how", "certain"), [("exact", True), ("near", False), ("prefix", False)])
def test_only_a_whole_name_is_certain(how: str, certain: bool) -> None:
    (result,) = ranked(Query(matches=(match(KETAMINE, how=how),)))
    assert (result.certain, result.matched_how) == (certain, how)


def test_a_street_name_is_told_to_the_page_and_a_title_is_not() -> None:
    (street,) = ranked(Query(matches=(match(KETAMINE, "Special K & co"),)))
    assert street.matched_name == "Special K & co"
    assert street.link == "/ketamine/?name=Special+K+%26+co"
    (title,) = ranked(Query(matches=(match(KETAMINE),)))
    assert (title.matched_name, title.link) == ("", "/ketamine/")


# Mixing


def test_what_is_known_of_a_mix_comes_after_its_two_drugs() -> None:
    record = Interaction(level="danger", explanation="It can stop your <breathing>.")
    mixture = Mixture(record, mine=KETAMINE.page_id, other=COCAINE.page_id, is_exact=True)
    query = Query(matches=(match(KETAMINE), match(COCAINE)), topics=(Topic(BRAIN, 3),))
    results = ranked(query, hit(MIXING, f"{OPEN}mix{CLOSE}"), mixed=(Mixed(KETAMINE, COCAINE, mixture),))
    assert [result.title for result in results] == [
        "Ketamine",
        "Cocaine",
        "Mixing ketamine and cocaine",
        "The brain",
    ]
    row = results[2]
    assert (row.kind, row.url) == ("mixing", "/mixing-drugs/?drug=ketamine&drug=cocaine")
    assert row.mixture is mixture
    assert row.summary == "It can stop your <breathing>."
    assert row.snippet == "It can stop your &lt;breathing&gt;."


def test_of_a_mix_that_nothing_is_known_of_it_says_so() -> None:
    (row,) = ranked(Query(), mixed=(Mixed(KETAMINE, COCAINE, None),))
    assert (row.snippet, row.mixture) == (NOT_KNOWN, None)


def test_of_an_unknown_mix_too_it_says_so_when_the_page_on_mixing_has_the_words() -> None:
    (row,) = ranked(Query(), hit(MIXING, f"{OPEN}mix{CLOSE}"), mixed=(Mixed(KETAMINE, COCAINE, None),))
    assert row.snippet == NOT_KNOWN


def test_each_pair_has_a_row() -> None:
    pairs = (Mixed(KETAMINE, COCAINE, None), Mixed(KETAMINE, METH, None))
    assert [row.title for row in ranked(Query(), mixed=pairs)] == [
        "Mixing ketamine and cocaine",
        "Mixing ketamine and methamphetamine",
    ]


def test_without_a_page_on_mixing_nothing_is_said_of_it() -> None:
    known = replace(KNOWN, targets={KETAMINE.page_id: KETAMINE})
    assert rank(Query(), Found(), (Mixed(KETAMINE, COCAINE, None),), known)[0] == []


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Alcohol", "alcohol"),
        ("MDMA and ecstasy", "MDMA and ecstasy"),
        ("2C-B", "2C-B"),
        ("Z-drugs", "Z-drugs"),
        ("Nitrous oxide (laughing gas)", "nitrous oxide (laughing gas)"),
        ("", ""),
    ],
)
def test_a_title_in_a_sentence(title: str, inside: str) -> None:
    assert in_sentence(title) == inside


# Facets and filters

FOUND = Found(
    [hit(KETAMINE), hit(LAW), hit(CHILD)],
    {"kind": {"topic": 2, "substance": 1}, "audience": {"young-people": 2, "parents": 1}},
)
ASKED = Query(matches=(match(KETAMINE), match(COCAINE)), topics=(Topic(SCHOOLS, 1),))


def test_facets_count_every_page_once_and_the_most_first() -> None:
    _, facets = rank(ASKED, FOUND, (), KNOWN)
    assert facets == {
        "kind": {"substance": 2, "topic": 2, "finder": 1},
        "audience": {"young-people": 3, "parents": 1, "teachers": 1},
    }
    assert list(facets["kind"]) == ["substance", "topic", "finder"]


def test_filters_keep_results_and_leave_the_facets() -> None:
    _, all_facets = rank(ASKED, FOUND, (), KNOWN)
    for kinds, audiences, kept in (
        (["substance"], [], ["Ketamine", "Cocaine"]),
        (["substance", "finder"], [], ["School resources", "Ketamine", "Cocaine"]),
        ([], ["parents"], ["Worried about a child"]),
        (["topic"], ["young-people"], ["Drugs and the law"]),
        (["pack"], [], []),
    ):
        results, facets = rank(ASKED, FOUND, (), KNOWN, kinds=kinds, audiences=audiences)
        assert [result.title for result in results] == kept
        assert facets == all_facets


def test_counting_does_not_change_what_was_found() -> None:
    before = {name: dict(values) for name, values in FOUND.facets.items()}
    rank(ASKED, FOUND, (), KNOWN)
    assert FOUND.facets == before


def test_every_page_here_is_of_a_kind_with_a_name() -> None:
    assert {page.kind for page in PAGES} <= set(KINDS)


# Snippets


def test_a_snippet_is_escaped_and_then_marked() -> None:
    snippet = marked(hit(LAW, f'<b onclick="x">{OPEN}law{CLOSE}</b> & <mark>'))
    assert snippet == "&lt;b onclick=&quot;x&quot;&gt;<mark>law</mark>&lt;/b&gt; &amp; &lt;mark&gt;"


def test_a_passage_without_the_words_gives_way_to_the_summary() -> None:
    page = replace(LAW, summary="Class <A> & B")
    assert marked(hit(page, "Some other passage.")) == "Class &lt;A&gt; &amp; B"


def test_a_named_page_shows_the_passage_with_the_words() -> None:
    query = Query(matches=(match(KETAMINE),), content_words=("ketamine", "bladder"))
    (found,) = ranked(query, hit(KETAMINE, f"your {OPEN}bladder{CLOSE}"))
    assert found.snippet == "your <mark>bladder</mark>"
    (alone,) = ranked(replace(query, content_words=("ketamine",)), hit(KETAMINE, f"{OPEN}ketamine{CLOSE}"))
    assert alone.snippet == "About Ketamine."
    (unfound,) = ranked(query)
    assert unfound.snippet == "About Ketamine."
