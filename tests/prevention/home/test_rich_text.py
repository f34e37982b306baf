"""Rich text to Markdown and back: a reader sees the same, whoever wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prevention.core.rich_text import parsed
from prevention.core.sanitise import markdown_to_html
from prevention.home.starter_loader.rich_text import to_html, to_markdown
from prevention.home.starter_loader.wrap import wrap
from prevention.substances.models import SubstancePage


def there_and_back(html: str, width: int = 110) -> tuple[str, list[str]]:
    """The Markdown of some HTML, from which the same HTML comes, and the notes."""
    notes: list[str] = []
    text = to_markdown(html, notes.append, width)
    assert parsed(to_html(text)) == parsed(html)
    return text, notes


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p></p><p> </p>", ""),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<h2>Head</h2>\n<h3>Less</h3><p>Text</p>", "## Head\n\n### Less\n\nText"),
        ("<ul><li>a</li><li>b</li></ul><p>c</p>", "- a\n- b\n\nc"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>", "- a\n\n  b\n\n- c"),
        ("<p><b>one </b>and <i>two</i>.</p>", "**one** and _two_."),
        ("<p><b><i>both</i></b></p>", "**_both_**"),
        ('<p>see <a href="/help/">this </a>page</p>', "see [this](/help/) page"),
        ('<p><a href="https://x.uk/a(b)?c=1&amp;d=2">x</a></p>', "[x](<https://x.uk/a(b)?c=1&d=2>)"),
        ('<p><a href="tel:116123">116 123</a></p>', "[116 123](tel:116123)"),
        ("<p>one<br>two<br></p>", "one\\\ntwo"),
        ("<p>a * b _c_ snake_case [d] \\e</p>", "a \\* b \\_c\\_ snake_case \\[d\\] \\\\e"),
        ("<p># no heading</p><p>- no row</p><p>1. no row</p>", "\\# no heading\n\n\\- no row\n\n1\\. no row"),
        ('<p>5 &lt; 6 &amp; &amp;amp; "q"</p>', '5 < 6 & &amp; "q"'),
        ("<p>not\u00a0broken</p>", "not\u00a0broken"),
    ],
)
def test_what_markdown_can_say_is_markdown(html: str, text: str) -> None:
    assert there_and_back(html) == (text, [])


@pytest.mark.parametrize(
    "html",
    [
        "<p><strong>Why?</strong>Because.</p>",
        "<p>in<i>side</i>a word</p>",
        "<ul><li>a</li></ul><ul><li>b</li></ul>",
        "words outside of any paragraph",
        "<h2>one<br>two</h2>",
    ],
)
def test_what_markdown_can_not_say_is_kept_as_html_and_told(html: str) -> None:
    text, notes = there_and_back(html)
    assert text.startswith("```html\n<") or text == f"```html\n{html}\n```"
    assert notes == ["Markdown can not say all of this: it is kept as HTML."]


def test_html_that_is_kept_is_cleaned_like_any_other() -> None:
    assert to_html('```html\n<p onclick="x()">a</p><script>b</script>\n```') == "<p>a</p>"


@pytest.mark.django_db
def test_a_link_to_a_page_gets_its_address() -> None:
    notes: list[str] = []
    page = SubstancePage.objects.get(slug="ketamine")
    html = f'<p>See <a linktype="page" id="{page.pk}">ketamine</a>.</p>'
    assert to_markdown(html, notes.append) == "See [ketamine](/drugs/ketamine/)."
    assert notes == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "link", ['linktype="page" id="999999"', 'linktype="page" id="x"', 'linktype="document" id="1"']
)
def test_of_a_link_that_leads_nowhere_the_words_are_kept(link: str) -> None:
    notes: list[str] = []
    assert to_markdown(f"<p>See <a {link}>this</a>.</p>", notes.append) == "See this."
    assert notes == ["the link 'this' leads to no public page: only its words are kept."]


def test_a_paragraph_in_lines_is_the_same_as_on_one() -> None:
    assert markdown_to_html("- one\n  two\n\nthree\nfour") == markdown_to_html("- one two\n\nthree four")


WORDS = st.lists(
    st.sampled_from(["a", "word", "-", "1.", "#", "##", "*", "+", "2)", "_x_", "[y]", "z\\", "&"]),
    max_size=12,
)


@given(WORDS, st.integers(min_value=4, max_value=12))
def test_wherever_a_line_breaks_the_text_is_the_same(words: list[str], width: int) -> None:
    text = " ".join(words)
    html = f"<ul><li>{text}</li></ul><p>x {text}</p>"
    text, notes = there_and_back(html, width)
    assert not notes
    assert "```" not in text


def test_lines_are_as_long_as_they_may_be_and_no_longer() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("one two three", 6) == ["one", "two", "three"]
    assert wrap("unbreakable", 4) == ["unbreakable"]
    assert wrap("two  spaces  stay", 4) == ["two  spaces  stay"]
    assert wrap("", 4) == [""]
