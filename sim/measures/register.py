"""The tables of measures, by the names of their columns, and the decorators that fill them."""

from __future__ import annotations

from collections.abc import Callable

from sim.registry import register
from sim.world import Game

__all__ = ["COSTLY", "COUNTS", "LEVELS", "MEMBERS", "costly", "count", "level", "of_member"]

Level = Callable[[Game, int], float]
Count = Callable[[Game, int], int]
OfMember = Callable[[Game, int, int], float]

LEVELS: dict[str, Level] = {}
COUNTS: dict[str, Count] = {}
MEMBERS: dict[str, OfMember] = {}
COSTLY: set[str] = set()  # levels that are computed only where they are asked for


def level(function: Level) -> Level:
    """A measure of a year that is a real number: of the run and the year, counted from the start."""
    return register(LEVELS, function, "g", "t")


def costly(function: Level) -> Level:
    """A level that takes so long that it is computed only where it is asked for.

    To ask takes longer than an ordinary level: those are always computed, without a branch.
    """
    COSTLY.add(function.__name__)
    return level(function)


def count(function: Count) -> Count:
    """A measure of a year that is a whole number from -32,768 to 32,767: a count, a code or a flag."""
    return register(COUNTS, function, "g", "t")


def of_member(function: OfMember) -> OfMember:
    """A measure of member number ``i`` in a year, a real number."""
    return register(MEMBERS, function, "g", "t", "i")
