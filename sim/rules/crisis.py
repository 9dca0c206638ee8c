"""Scene 8: a member is challenged; who comes, and what everybody learns from it."""

from __future__ import annotations

from sim.compiled import rule

__all__ = ["comes", "lesson", "solidarity"]


@rule
def solidarity(least: float, proximity: float) -> float:
    """The chance that an ally comes: ``least`` far away (allies kept about half of their commitments, Berkemeier &
    Fuhrmann 2018), nearer to certainty the nearer it is to the adversary."""
    return least + (1.0 - least) * proximity


@rule
def comes(chance: float, luck: float) -> bool:
    """Whether somebody comes to the target's aid."""
    return luck < chance


@rule
def lesson(us_came: bool, level: float) -> tuple[float, float]:
    """The act in commitment and in exclusion (Eq. 7) that a crisis shows; ``level`` is the protection promised.

    Help is proof of commitment and, for a member below the line, proof against exclusion. Staying away breaks a
    promise as far as there was one.
    """
    return (1.0, level - 1.0) if us_came else (-level, 1.0 - level)
