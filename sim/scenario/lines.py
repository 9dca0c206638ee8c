"""Where in a TOML text a key stands: tomllib reads the values but forgets the lines.

A small scanner, for texts that tomllib accepts (or accepts up to a point). Places are dotted names with the
numbers of list elements in them: `policies.conditional.tiers.1.minimum`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Lines", "deepest", "scan"]

TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|\#[^\n]*)
      | (?P<newline>\n)
      | (?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
      | (?P<bare>[A-Za-z0-9_+:-]+)
      | (?P<mark>.)""",
    re.DOTALL | re.VERBOSE,
)


class Token(NamedTuple):
    kind: str
    text: str
    line: int


class Lines(NamedTuple):
    """The line of every place, and of the places given again: (first line, second line)."""

    of: dict[str, int]
    again: dict[str, tuple[int, int]]

    def find(self, place: str) -> tuple[int, int]:
        """How much of a dotted place the text has (characters), and the line of that much."""
        while place and place not in self.of:
            place = place.rpartition(".")[0]
        return len(place), self.of.get(place, 1)


def tokens(text: str) -> Iterator[Token]:
    """The text in pieces, without blanks and comments."""
    line = 1
    for match in TOKEN.finditer(text):
        kind, piece = match.lastgroup or "", match.group()
        if kind != "skip":
            yield Token(kind, piece, line)
        line += piece.count("\n")


def deepest(text: str) -> tuple[int, int]:
    """How deep brackets or dotted names are nested, and on which line: asked before tomllib is."""
    worst, where, brackets, dots = 0, 1, 0, 0
    for token in tokens(text):
        brackets += (token.text in ("[", "{")) - (token.text in ("]", "}"))
        dots = dots + 1 if token.text == "." else 0 if token.text in "\n,=[]{}" else dots
        if max(brackets, dots) > worst:
            worst, where = max(brackets, dots), token.line
    return worst, where


def scan(text: str) -> Lines:
    """The lines of all tables, keys and list elements."""
    scanner = Scanner(text)
    scanner.statements()
    return Lines(scanner.of, scanner.again)


class Scanner:
    """Walks the tokens once; `here` is the table whose header came last."""

    def __init__(self, text: str) -> None:
        self.tokens = [*tokens(text), Token("newline", "\n", 0), Token("end", "", 0)]
        self.next = 0
        self.here: list[str] = []
        self.of: dict[str, int] = {}
        self.given: dict[str, int] = {}  # of these, the ones that a key or a header names
        self.again: dict[str, tuple[int, int]] = {}
        self.elements: dict[str, int] = {}  # lists of tables -> how many so far

    def take(self) -> Token:
        token = self.tokens[self.next]
        self.next += token.kind != "end"
        return token

    def sees(self, *texts: str) -> bool:
        return self.tokens[self.next].text in texts

    def note(self, place: list[str], line: int, once: bool) -> None:
        """Remember the line of a place and of the tables that it implies."""
        for end in range(1, len(place)):
            self.of.setdefault(".".join(place[:end]), line)
        name = ".".join(place)
        if once and name in self.given:
            self.again.setdefault(name, (self.given[name], line))
        if once:
            self.given.setdefault(name, line)
        self.of.setdefault(name, line)

    def statements(self) -> None:
        while not self.sees(""):
            if self.sees("["):
                self.header()
            elif not self.sees("\n"):
                self.pair(self.here)
            while not self.sees("\n", ""):
                self.take()
            self.take()

    def header(self) -> None:
        line = self.take().line
        many = self.sees("[")
        if many:
            self.take()
        self.here = []
        parts = self.key()
        for index, part in enumerate(parts):
            self.here.append(part)
            name = ".".join(self.here)
            if many and index == len(parts) - 1:
                self.elements[name] = self.elements.get(name, 0) + 1
            if name in self.elements:
                self.of.setdefault(name, line)
                self.here.append(str(self.elements[name] - 1))
        self.note(self.here, line, once=not many)

    def key(self) -> list[str]:
        parts = [self.name()]
        while self.sees("."):
            self.take()
            parts.append(self.name())
        return parts

    def name(self) -> str:
        token = self.take()
        if token.kind != "text":
            return token.text
        try:
            return str(tomllib.loads(f"k = {token.text}")["k"])
        except tomllib.TOMLDecodeError:
            return token.text

    def pair(self, table: list[str]) -> None:
        line = self.tokens[self.next].line
        place = table + self.key()
        self.note(place, line, once=True)
        if self.sees("="):
            self.take()
            self.value(place)

    def value(self, place: list[str]) -> None:
        if self.sees("["):
            self.take()
            self.array(place)
        elif self.sees("{"):
            self.take()
            while not self.sees("}", "\n", ""):
                self.pair(place)
                if self.sees(","):
                    self.take()
            self.take()
        else:
            while not self.sees(",", "]", "}", "\n", ""):
                self.take()

    def array(self, place: list[str]) -> None:
        index = 0
        while not self.sees("]", ""):
            if self.sees("\n", ","):
                self.take()
                continue
            element = [*place, str(index)]
            self.note(element, self.tokens[self.next].line, once=True)
            before = self.next
            self.value(element)
            self.next += self.next == before  # never stand still, whatever the text
            index += 1
        self.take()
