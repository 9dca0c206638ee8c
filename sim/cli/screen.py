"""How things look: on a wide terminal, on a narrow one, and in a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.scenario.errors import escaped, one_line

__all__ = ["Interrupted", "NARROW", "entries", "goes_on", "note", "notes", "out", "say", "table", "width"]

NARROW = 100  # columns under which a table with sentences in it becomes a list
GAP = 2  # columns between two of a table
PIPED = 200  # columns where nobody has a terminal
PLAIN = "\n\xa0\u2007\u2009\u202f"  # what our own texts hold beside printable letters: line breaks and fixed spaces


class Interrupted(Exception):
    """Ctrl-C or an end asked for, with a line that says how to go on."""

    def __init__(self, message: str, code: int = 130) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def goes_on(kept: Sized, what: str) -> Iterator[None]:
    """Around work whose finished pieces are kept: Ctrl-C ends it with how many there are and what to do."""
    try:
        yield
    except KeyboardInterrupt:
        if not len(kept):
            raise Interrupted("interrupted: nothing has been written") from None
        raise Interrupted(f"interrupted: {len(kept)} {what} are kept; to go on: the same command again", 3) from None


class Plain(Console):
    """A console on which texts are texts: names and files may hold what would steer a terminal."""

    def render_str(self, text: str, **how: Any) -> Text:
        """All that is printed comes through here, cells of tables too."""
        return super().render_str(escaped(text, PLAIN), **how)


def out() -> Console:
    """Where results go. In a pipe lines are long, so that a row stays a row."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a letter that this terminal does not have is no reason to stop
    piped = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPED
    return Plain(file=sys.stdout, width=piped, highlight=False, markup=False, emoji=False)


def notes() -> Console:
    """Where progress goes."""
    return Plain(file=sys.stderr, highlight=False, markup=False, emoji=False)


def say(what: object) -> None:
    """One line of a command's answer, not wrapped."""
    out().print(escaped(str(what)), soft_wrap=True)


def note(message: str) -> None:
    """One line beside it, on stderr, not wrapped and not longer than a message is."""
    notes().print(one_line(message), soft_wrap=True)


def table(console: Console, head: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> None:
    """A plain table; ``right`` lists the columns of numbers, which are never wrapped."""
    numbers = set(right)
    shown = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, GAP - 1, 0, 0))
    for k, name in enumerate(head):
        shown.add_column(name, justify="right" if k in numbers else "left", no_wrap=k in numbers, overflow="fold")
    for row in rows:
        shown.add_row(*row)
    console.print(shown)


def width(head: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """How wide a table gets if nothing is wrapped."""
    return sum(max(map(len, column)) + GAP for column in zip(head, *rows, strict=True)) - GAP


def entries(console: Console, rows: Iterable[tuple[str, Sequence[str]]]) -> None:
    """A list for narrow terminals: a name, and what there is to say below it."""
    for name, lines in rows:
        console.print(name, style="bold")
        for line in lines:
            console.print(Padding(line, (0, 0, 0, 4), expand=False))
