"""Terms in texts: which words become buttons, once, and that nothing else changes."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.app.controls import lever_terms
from sim.app.marking import EVERYDAY, marked, slug
from sim.lessons import glossary

BUTTON = re.compile(r'<button type="button" class="explained" data-term="([\w-]+)"[^>]*>(.*?)</button>')


def found(text: str, *, is_html: bool = False) -> list[tuple[str, str]]:
    """Term and words of each button."""
    return BUTTON.findall(str(marked(text, set(), html=is_html)))


def test_every_term_is_found_where_it_stands_alone() -> None:
    for one in glossary():
        assert found(f"<p><strong>{one.term}</strong> is a word.</p>", is_html=True) == [(slug(one.term), one.term)]


def test_ids_of_terms_differ() -> None:
    slugs = [slug(one.term) for one in glossary()]
    assert len(slugs) == len(set(slugs))
    assert {one.term.lower() for one in glossary()} >= EVERYDAY


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The pledge, and a second pledge.", ["pledge"]),
        ("Pledges are kept.", ["pledge"]),
        ("A lawful exit is no exit.", ["lawful-exit"]),
        ("They act, support and notice.", []),
        ("A pledge-driven member", []),
        ("unpledged", []),
        ("Some pledges, the adversary's.", ["pledge", "adversary"]),
    ],
)
def test_words_of_terms(text: str, terms: list[str]) -> None:
    assert [term for term, _ in found(text)] == terms


@pytest.mark.parametrize("tag", ["a", "button", "code", "h3", "summary"])
def test_nothing_is_marked_in_links_buttons_code_and_headings(tag: str) -> None:
    assert found(f"<{tag}>free <em>riding</em> thinning</{tag}>", is_html=True) == []
    assert found(f"<p><{tag}>x</{tag}> thinning</p>", is_html=True) == [("thinning", "thinning")]


def test_a_view_marks_a_term_once() -> None:
    seen = lever_terms()
    assert seen
    for term in seen:
        assert "<button" not in marked(f"{term}.", set(seen))


def test_a_term_keeps_its_stop_beside_it() -> None:
    assert str(marked("thinning, and more", set())).endswith("</button>,</span> and more")
    assert found("thinning's end") == [("thinning", "thinning")]


@given(st.text(max_size=60).map(lambda text: f"{text} thinning <b> & {text} free riding"))
def test_what_is_read_stays_the_same_and_nothing_is_markup(text: str) -> None:
    written = re.sub(r'<span class="together">|</span>', "", BUTTON.sub(r"\2", str(marked(text, set()))))
    assert "<" not in written
    assert html.unescape(written) == html.unescape(html.escape(text, quote=False))
