"""Terms of the glossary in the page's texts: a button where a view first uses one, which shows what it means."""

from __future__ import annotations

import re
from functools import cache
from html import escape

from htmltools import HTML

from sim.lessons import glossary

__all__ = ["marked", "slug"]

# Words that plain prose uses in other senses too: a term only where they stand in bold by themselves.
EVERYDAY = frozenset({
    "act", "aftermath", "authority", "challenge", "chicken", "contest", "effort", "hump", "notice", "oracle", "patron",
    "prize", "resolve", "seed", "support", "taste", "tier",
})  # fmt: skip
CLOSED = ("a", "button", "code", "h1", "h2", "h3", "h4", "pre", "summary")  # nothing is marked inside these
PIECES = re.compile(r"(<[^>]*>)")


def marked(text: str, seen: set[str], *, html: bool = False) -> HTML:
    """A text with a button around the first use of each term; ``seen`` are those of the view so far, and grows.

    Args:
        text: plain, or HTML that was made here if ``html``.
    """
    written: list[str] = []
    closed, bold = 0, False
    for piece in PIECES.split(text if html else escape(text, quote=False)):
        tag = re.match(r"</?(\w+)", piece)
        if tag is None:
            written.append(piece if closed else _pattern().sub(lambda found, on=bold: _button(found, on, seen), piece))
            continue
        closed += (tag[1] in CLOSED) * (-1 if piece.startswith("</") else 1)
        bold = piece == "<strong>"
        written.append(piece)
    return HTML("".join(written))


def _button(found: re.Match[str], bold: bool, seen: set[str]) -> str:
    """The words found, as a button if they are used as a term here and for the first time."""
    term = _terms()[" ".join(found["term"].lower().split())]
    alone = bold and found[0] == found.string.strip()
    if term in seen or (term.lower() in EVERYDAY and not alone):
        return found[0]
    seen.add(term)
    told = f'class="explained" data-term="{slug(term)}" aria-expanded="false"'
    button = f'<button type="button" {told}>{found["words"]}</button>'
    return f'<span class="together">{button}{found["after"]}</span>' if found["after"] else button


@cache
def _terms() -> dict[str, str]:
    """Term in small letters -> term."""
    return {one.term.lower(): one.term for one in glossary()}


@cache
def _pattern() -> re.Pattern[str]:
    """Any term, the longest first, or its plural, and what must not stand at the head of the next line."""
    names = sorted((re.escape(name).replace(r"\ ", r"\s+") for name in _terms()), key=len, reverse=True)
    words = rf"(?<![\w-])(?P<words>(?P<term>{'|'.join(names)})s?)(?![\w-])"
    return re.compile(rf"{words}(?P<after>(?:['\u2019]s)?[.,:;!?)\u201d]*)", re.IGNORECASE)


def slug(term: str) -> str:
    """A term as part of an id."""
    return re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")
