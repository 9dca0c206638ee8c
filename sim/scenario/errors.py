"""The one exception of this package, and how a model says which of its keys contradict each other."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic_core import PydanticCustomError

from sim.scenario.allowed import meant

__all__ = ["CONTRADICTION", "UNKNOWN", "ScenarioError", "fault"]

CONTRADICTION = "contradiction"  # of two keys: another value of the other one may solve it
UNKNOWN = "unknown_name"


class ScenarioError(ValueError):
    """A scenario or an experiment is not what it should be; the message is one line, for who wrote it."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


def one_line(message: str) -> str:
    """Nothing that a file holds may break the line or speak to a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in message)


def fault(
    problem: str, *place: str | int, allowed: str = "", name: str = "", known: Iterable[str] = ()
) -> PydanticCustomError:
    """An error of a model's own check, at `place` below that model; `name` may have meant one of `known`."""
    known = list(known)
    problem += meant(name, known) if name else ""
    context = {"problem": problem, "place": place, "allowed": allowed or ", ".join(known)}
    return PydanticCustomError(UNKNOWN if name else CONTRADICTION, "{problem}", context)
