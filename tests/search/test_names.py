"""Names in the words of a question: on a lexicon of a few drugs, so without a database."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.language.english import is_english
from search.language.phrases import PhraseBook
from search.language.text import fold, key_of, words_of
from search.query.lexicon import Entry, Lexicon, Target, lexicon_of
from search.query.names import MOST_GUESSES, MOST_MISSPELT, Match, beginning, exact, near


def target(
    page_id: int, title: str, *, kind: str = "substance", audience: str = "young-people", names: int = 1
) -> Target:
    """Return a target with these facts."""
    slug = title.lower().replace(" ", "-")
    return Target(page_id, kind, slug, title, f"About {title}.", f"/{slug}/", audience, names)


def named(
    page: Target, *names: str, kind: str = "street", ambiguous: bool = False, local: bool = True
) -> list[Entry]:
    """Return entries for some names of a page."""
    return [Entry(name, fold(name), kind, ambiguous, page, local) for name in names]


KETAMINE = target(1, "Ketamine")
COCAINE = target(2, "Cocaine")
CODEINE = target(3, "Codeine")
NITROUS = target(4, "Nitrous oxide")
METHYLPHENIDATE = target(5, "Methylphenidate")
MUSHROOMS = target(6, "Magic mushrooms")
METH = target(7, "Methamphetamine")
PMA = target(8, "PMA")
MODAFINIL = target(9, "Modafinil")
CANNABIS = target(10, "Cannabis")
TWO_CB = target(11, "2C-B")
SPICE = target(12, "Synthetic cannabinoids")
DRUGS = (
    KETAMINE, COCAINE, CODEINE, NITROUS, METHYLPHENIDATE, MUSHROOMS, METH, PMA, MODAFINIL, CANNABIS, TWO_CB,
    SPICE,
)  # fmt: skip

ENTRIES = [
    *(entry for drug in DRUGS for entry in named(drug, drug.title, kind="title")),
    *named(KETAMINE, "ket", "special k", "kit-kat"),
    *named(KETAMINE, "k", ambiguous=True),
    *named(COCAINE, "ching"),
    *named(COCAINE, "coke", "blow", ambiguous=True),
    *named(NITROUS, "laughing gas", "whippets"),
    *named(NITROUS, "gas", ambiguous=True),
    *named(METHYLPHENIDATE, "ching"),
    *named(METHYLPHENIDATE, "Ritalin", kind="brand"),
    *named(MUSHROOMS, "mushies", "\U0001f344"),
    *named(METH, "meth", "crystal meth"),
    *named(METH, "crystal", "ice", ambiguous=True),
    *named(PMA, "dr death"),
    *named(MODAFINIL, "wake up", ambiguous=True),
    *named(CANNABIS, "weed"),
    *named(CANNABIS, "draw", ambiguous=True),
    *named(SPICE, "spice", ambiguous=True),
]
CONTEXT = PhraseBook.of((word, "context") for word in ("smoke", "sniff", "dealer", "gram", "comedown"))
LEXICON = replace(lexicon_of(ENTRIES), context=CONTEXT, plain=frozenset({"maths"}))


def sure(text: str) -> list[str]:
    """Return the titles of the drugs whose names are in `text`."""
    return [match.entry.target.title for match in exact(words_of(text), LEXICON)]


def guessed(text: str, lexicon: Lexicon = LEXICON) -> list[Match]:
    """Return the matches of names that `text` may misspell."""
    words = words_of(text)
    return near(words, exact(words, lexicon), lexicon)


# Whole names


@pytest.mark.parametrize(
    "text", ["ket", "KET!", "special  k", "specialk", "what is special k?", "is ket bad for you"]
)
def test_a_name_is_found_wherever_it_stands(text: str) -> None:
    assert sure(text) == ["Ketamine"]


@pytest.mark.parametrize("text", ["kets", "mushie", "mushy", "magic mushroom", "crystal meths", "weeds"])
def test_one_or_many(text: str) -> None:
    assert len(sure(text)) == 1


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("k3t", "Ketamine"),
        ("c0ca1ne", "Cocaine"),
        ("k374m1ne", "Ketamine"),
        ("cr4ck", ""),
        ("r1talin", "Methylphenidate"),
        ("5pec14l k", "Ketamine"),
    ],
)
def test_digits_stand_for_letters(text: str, title: str) -> None:
    assert sure(text) == [title] * bool(title)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("kitkat", "Ketamine"),
        ("kit kat", "Ketamine"),
        ("kit-kat", "Ketamine"),
        ("magicmushroom", "Magic mushrooms"),
        ("nitrousoxide", "Nitrous oxide"),
        ("coc aine", "Cocaine"),
        ("2cb", "2C-B"),
        ("2-CB", "2C-B"),
        ("2 c b", "2C-B"),
    ],
)
def test_spaces_and_hyphens_do_not_matter(text: str, title: str) -> None:
    assert sure(text) == [title]


@pytest.mark.parametrize("text", ["me th", "k et", "we ed"])
def test_short_words_do_not_make_up_a_name(text: str) -> None:
    assert sure(text) == []


def test_an_emoji_is_a_name() -> None:
    assert sure("\U0001f344") == sure("is \U0001f344 bad") == ["Magic mushrooms"]


@pytest.mark.parametrize(
    ("text", "typed"),
    [("crystal meth", "crystal meth"), ("laughing gas", "laughing gas"), ("special k", "special k")],
)
def test_the_longest_name_wins(text: str, typed: str) -> None:
    (match,) = exact(words_of(text), LEXICON)
    assert (match.typed, match.span) == (typed, range(2))


def test_names_come_in_the_order_in_which_they_stand() -> None:
    assert sure("can i mix ket and cocaine") == ["Ketamine", "Cocaine"]
    assert sure("cocaine then ket") == ["Cocaine", "Ketamine"]


@pytest.mark.parametrize("text", ["zzz", "of", "xylophone", "", "me", "ketty"])
def test_no_name_is_no_name(text: str) -> None:
    assert sure(text) == []


# One name, several drugs


def test_a_name_of_several_drugs_gives_all_of_them() -> None:
    assert sure("ching") == sure("is ching bad") == ["Cocaine", "Methylphenidate"]


def test_said_here_comes_before_said_abroad() -> None:
    entries = [*named(COCAINE, "molly", local=False), *named(KETAMINE, "molly")]
    assert [entry.target for entry in lexicon_of(entries).names["molly"]] == [KETAMINE, COCAINE]


def test_its_own_name_comes_before_slang() -> None:
    street, brand, own = (
        named(drug, "lean", kind=kind)[0]
        for drug, kind in ((COCAINE, "street"), (KETAMINE, "brand"), (NITROUS, "title"))
    )
    assert lexicon_of([street, brand, own]).names["lean"] == (own, brand, street)


def test_the_usual_name_then_the_drug_of_more_names_comes_first() -> None:
    busy = target(20, "Zolpidem", names=40)
    rare = replace(named(busy, "dust")[0], usual=False)
    shown, common = named(COCAINE, "dust")[0], named(busy, "dust")[0]
    assert lexicon_of([rare, shown]).names["dust"] == (shown, rare)
    assert lexicon_of([shown, common]).names["dust"] == (common, shown)


# Words of another sense


@pytest.mark.parametrize("text", ["gas", "crystal", "ice", "blow", "k", "what is crystal", "spice?"])
def test_an_ambiguous_word_alone_is_the_drug(text: str) -> None:
    assert len(sure(text)) == bool(text)


@pytest.mark.parametrize(
    "text",
    [
        "i smell gas at home",
        "i saw a crystal",
        "i blow my nose",
        "spice rack",
        "ice rink",
        "vitamin k tablets",
    ],
)
def test_in_a_sentence_it_is_not(text: str) -> None:
    assert sure(text) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("they sniff crystal at school", "Methamphetamine"),
        ("my dealer has crystal", "Methamphetamine"),
        ("a gram of k", "Ketamine"),
        ("spice comedown", "Synthetic cannabinoids"),
    ],
)
def test_a_word_about_drugs_beside_it_makes_it_one(text: str, title: str) -> None:
    assert sure(text) == [title]


@pytest.mark.parametrize("text", ["ket and coke", "coke and ket", "ket coke", "ket with coke", "coke n ket"])
def test_a_clear_name_beside_it_makes_it_one(text: str) -> None:
    assert set(sure(text)) == {"Ketamine", "Cocaine"}


def test_a_clear_name_far_away_does_not() -> None:
    assert sure("is ket sold near a crystal") == ["Ketamine"]


@pytest.mark.parametrize("text", ["my dealer has ice", "ket and ice", "sniff blow", "is ice bad"])
def test_an_everyday_word_never_is_one_beside_others(text: str) -> None:
    assert not {"Methamphetamine", "Cocaine"}.intersection(sure(text))


def test_another_form_of_a_name_is_a_word_too() -> None:
    entries = named(CANNABIS, "budder")
    lexicon = lexicon_of([*entries, *named(COCAINE, "flakes")])
    assert [match.ordinary for match in exact(["flake"], lexicon)] == [False]
    assert exact(words_of("a flake of snow"), lexicon) == []


def test_an_ordinary_name_is_marked_as_such() -> None:
    assert [match.ordinary for match in exact(words_of("please wake up"), LEXICON)] == [True]
    assert [match.ordinary for match in exact(words_of("wake up"), LEXICON)] == [False]
    assert [match.ordinary for match in exact(words_of("please ket"), LEXICON)] == [False]


# Misspelt names


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ketamne", "Ketamine"),
        ("ketamiine", "Ketamine"),
        ("kteamine", "Ketamine"),
        ("katamine", "Ketamine"),
        ("cocane", "Cocaine"),
        ("canabis", "Cannabis"),
        ("weeed", "Cannabis"),
        ("is ketamne bad", "Ketamine"),
    ],
)
def test_one_letter_wrong(text: str, title: str) -> None:
    assert [match.entry.target.title for match in guessed(text)] == [title]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("kettamene", "Ketamine"),
        ("modafanal", "Modafinil"),
        ("metamfetamine", "Methamphetamine"),
        ("methilfenidate", "Methylphenidate"),
    ],
)
def test_two_letters_wrong(text: str, title: str) -> None:
    assert [match.entry.target.title for match in guessed(text)] == [title]


@pytest.mark.parametrize(
    ("text", "title"), [("kocaine", "Cocaine"), ("kannabis", "Cannabis"), ("krystal", "Methamphetamine")]
)
def test_spelt_by_ear(text: str, title: str) -> None:
    assert [match.entry.target.title for match in guessed(text)] == [title]


def test_what_sounds_like_a_name_is_the_likelier() -> None:
    (heard,), (unheard,) = guessed("kocaine"), guessed("coxaine")
    assert heard.likeness > unheard.likeness


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("nitrus oxide", "nitrus oxide"),
        ("is nitrus oxide bad", "nitrus oxide"),
        ("magik mushrooms", "magik mushrooms"),
        ("sinthetik cannabinoids", "sinthetik cannabinoids"),
        ("cristal meth", "cristal meth"),
        ("magicmushroms", "magicmushroms"),
    ],
)
def test_a_misspelt_name_of_several_words(text: str, typed: str) -> None:
    assert guessed(text)[0].typed == typed


@pytest.mark.parametrize("text", ["ketamne", "kocaine", "nitrus oxide", "weeed", "ritlin"])
def test_a_guess_is_never_certain(text: str) -> None:
    guesses = guessed(text)
    assert guesses
    assert not any(match.certain for match in guesses)
    assert sure(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "kettle",
        "ketchup",
        "maths",
        "math",
        "centre",
        "codes",
        "coding",
        "wed",
        "week",
        "spite",
        "a kettle and ketchup",
    ],
)
def test_an_english_word_is_no_misspelt_name(text: str) -> None:
    assert guessed(text) == []


def test_an_english_word_that_sounds_like_a_name_is_asked_about_alone() -> None:
    lexicon = lexicon_of(named(COCAINE, "petrol"))
    assert [match.typed for match in guessed("petrel", lexicon)] == ["petrel"]
    assert guessed("petrel birds", lexicon) == []


@pytest.mark.parametrize("text", ["kat", "kte", "ketz", "kwt", "mth", "wd", "qk"])
def test_short_slang_is_never_guessed(text: str) -> None:
    assert "Ketamine" not in [match.entry.target.title for match in guessed(text)]


def test_a_code_is_right_or_wrong() -> None:
    lexicon = lexicon_of(named(TWO_CB, "25I-NBOMe", "4-MEC"))
    assert lexicon.one_word.keys == lexicon.several_words.keys[1:] == ()
    assert guessed("25cnbome", lexicon) == []


def test_look_alikes_stay_apart() -> None:
    assert sure("codeine") == ["Codeine"]
    assert guessed("codeine") == []
    assert [match.entry.target.title for match in guessed("codiene")] == ["Codeine"]


def test_two_that_are_as_near_are_both_asked_about() -> None:
    lexicon = lexicon_of([*named(COCAINE, "zolpidem"), *named(KETAMINE, "zolpidam")])
    assert {match.entry.target for match in guessed("zolpidim", lexicon)} == {COCAINE, KETAMINE}


def test_few_words_are_compared_and_few_guesses_made() -> None:
    strange = ["qqzzxx", "xxqqzz", "zzqqxx", "vvxxqq"][:MOST_MISSPELT]
    assert guessed(" ".join([*strange, "ketamne"])) == []
    assert guessed(" ".join([*strange[1:], "ketamne"])) != []
    many = lexicon_of(entry for n in range(6) for entry in named(target(n, f"Drug {n}"), "flumazenil"))
    assert len(guessed("flumazenl", many)) == MOST_GUESSES


def test_an_unknown_name_is_like_nothing() -> None:
    assert guessed("flumazenil") == guessed("qqzzxx") == []


# Beginnings


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("ketam", ["Ketamine"]),
        ("oxid", ["Nitrous oxide"]),
        ("magicmus", ["Magic mushrooms"]),
        ("met", ["Methamphetamine", "Methylphenidate"]),
        ("death", ["PMA"]),
        ("ching", ["Cocaine", "Methylphenidate"]),
        ("xyl", []),
        ("ketaminez", []),
    ],
)
def test_names_by_their_beginning(typed: str, titles: list[str]) -> None:
    assert [entry.target.title for entry in beginning(typed, LEXICON, most=5)] == titles


def test_a_name_that_begins_so_comes_before_one_with_such_a_word() -> None:
    lexicon = lexicon_of([*named(COCAINE, "green dust"), *named(target(30, "Zzz"), "dustbin")])
    assert [entry.name for entry in beginning("dust", lexicon, most=5)] == ["dustbin", "green dust"]


def test_a_beginning_gives_a_page_once_and_no_more_than_asked_for() -> None:
    entries = beginning("m", LEXICON, most=3)
    assert len({entry.target for entry in entries}) == len(entries) == 3


# On the names of the site: what a misspelling costs, and what it must never cost


@pytest.fixture
def everything(db: None) -> Lexicon:
    """Return the lexicon of the starter content."""
    from search.query.lexicon import lexicon

    return lexicon()


def misspelt(name: str) -> set[str]:
    """Return all spellings of `name` with one letter left out, doubled, or swapped with the one before."""
    return {
        typed
        for place in range(1, len(name))
        for typed in (
            name[:place] + name[place + 1 :],
            name[:place] + name[place] + name[place:],
            name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],
        )
        if typed != name
    }


def test_one_slip_in_the_name_of_a_drug_is_understood(everything: Lexicon) -> None:
    titles = {
        entry.target.title for rows in everything.names.values() for entry in rows if entry.target.is_named
    }
    missed, seen = [], 0
    for title in sorted(title for title in titles if len(title) > 5 and title.isalpha()):
        for typed in sorted(misspelt(fold(title))):
            found = [*exact([typed], everything), *guessed(typed, everything)]
            seen += 1
            if title not in {match.entry.target.title for match in found}:
                missed.append(typed)
    assert seen > 1000
    assert len(missed) <= seen * 0.01, missed


def test_english_words_are_left_alone(everything: Lexicon) -> None:
    from search.language.english import _dictionary

    words = sorted(
        word for word, uses in _dictionary().items() if uses >= 1000 and word.isalpha() and word.isascii()
    )
    chosen = random.Random(1).sample(words, 3000)
    assert all(is_english(word) for word in chosen)
    taken = [word for word in chosen if guessed(word, everything)]
    assert len(taken) <= len(chosen) * 0.005, taken
    pairs = [f"{one} {other}" for one, other in zip(chosen[::2], chosen[1::2], strict=True)]
    assert len([pair for pair in pairs if guessed(pair, everything)]) <= len(pairs) * 0.005


def test_letters_at_random_are_like_nothing(everything: Lexicon) -> None:
    chance = random.Random(1)
    typed = [
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(4, 10))) for _ in range(1000)
    ]
    taken = [word for word in typed if guessed(word, everything)]
    assert len(taken) <= len(typed) * 0.02, taken


@pytest.mark.parametrize(
    "name",
    [
        "omeprazole",
        "sertraline",
        "citalopram",
        "warfarin",
        "metformin",
        "salbutamol",
        "ramipril",
        "flumazenil",
    ],
)
def test_a_medicine_without_a_page_is_not_taken_for_another(everything: Lexicon, name: str) -> None:
    assert exact([name], everything) == []
    assert guessed(name, everything) == []


@given(st.lists(st.text("abceiknotu149", max_size=9), max_size=30))
@settings(deadline=None)
def test_no_words_break_it(words: list[str]) -> None:
    found = exact(words, LEXICON)
    places = sorted(place for span in {match.span for match in found} for place in span)
    assert len(places) == len(set(places))
    for match in [*found, *near(words, found, LEXICON)]:
        assert match.span.stop <= len(words)
        assert match.entry.key == key_of(match.entry.folded)
