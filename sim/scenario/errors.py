"""The one exception of this package, and how a model says which of its keys contradict each other."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic_core import PydanticCustomError

from sim.scenario.allowed import meant

__all__ = ["CONTRADICTION", "LONGEST", "UNKNOWN", "ScenarioError", "escaped", "fault", "one_line"]

LONGEST = 2_000  # letters of a message
HEAD, END = 1_400, 500  # of one that is longer: where and what, and at its end what is allowed

CONTRADICTION = "contradiction"  # of two keys: another value of the other one may solve it
UNKNOWN = "unknown_name"


class ScenarioError(ValueError):
    """A scenario or an experiment is not what it should be; the message is one line, for who wrote it."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


def one_line(message: str) -> str:
    """A message of one line and no great length, in which nothing speaks to a terminal."""
    return _cut(escaped(_cut(message)))


def escaped(text: str, keep: str = "") -> str:
    """Control characters, line breaks, marks that turn the direction of writing and the like, as in Python's source.

    ``keep``: those that stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in text)


def _cut(text: str) -> str:
    """Head and end of a text that is too long, and how much is left out."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:HEAD]} [{len(text) - HEAD - END:,} letters left out] {text[-END:]}"


def fault(
    problem: str, *place: str | int, allowed: str = "", name: str = "", known: Iterable[str] = ()
) -> PydanticCustomError:
    """An error of a model's own check, at `place` below that model; `name` may have meant one of `known`."""
    known = list(known)
    problem += meant(name, known) if name else ""
    context = {"problem": problem, "place": place, "allowed": allowed or ", ".join(known)}
    return PydanticCustomError(UNKNOWN if name else CONTRADICTION, "{problem}", context)
