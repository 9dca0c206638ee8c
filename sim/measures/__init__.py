"""From the state of the world to what is reported; definitions in docs/model.md, "Measures".

A measure is one function in `sim.measures.years` or `sim.measures.members`. It is registered by standing there, its
name is that of its column, and columns have the order of the file.
"""

from __future__ import annotations

from sim.compiled import kernel
from sim.measures import members, register, years
from sim.measures.ranks import Floats
from sim.measures.years import Counts
from sim.registry import unrolled
from sim.world import Game, N

__all__ = ["COUNTS", "LEVELS", "MEMBER", "measure_members", "measure_year", "members", "years"]

LEVELS = tuple(register.LEVELS)  # columns of the yearly table that are real numbers, in their order
COUNTS = tuple(register.COUNTS)  # and those that are counts, codes and flags
MEMBER = tuple(register.MEMBERS)  # per member

_levels = unrolled("g, t, out", "out[{k}] = {call}(g, t)", register.LEVELS)
_counts = unrolled("g, t, out", "out[{k}] = {call}(g, t)", register.COUNTS)
_of_member = unrolled("g, t, i, out", "out[{k}, i] = {call}(g, t, i)", register.MEMBERS)


@kernel
def measure_year(g: Game, t: int, levels: Floats, counts: Counts) -> None:
    """One row of the yearly table, into ``levels`` of shape (len(LEVELS),) and ``counts`` of shape (len(COUNTS),)."""
    _levels(g, t, levels)
    _counts(g, t, counts)


@kernel
def measure_members(g: Game, t: int, out: Floats) -> None:
    """The members' table for one year into ``out`` of shape (len(MEMBER), n)."""
    for i in range(N):
        _of_member(g, t, i, out)
