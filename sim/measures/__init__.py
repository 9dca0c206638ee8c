"""From the state of the world to what is reported; definitions in docs/model.md, "Measures".

A measure is one function in `sim.measures.years` or `sim.measures.members`. It is registered by standing there, its
name is that of its column, and columns have the order of the file.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.measures import members, register, years
from sim.measures.ranks import Floats
from sim.registry import unrolled
from sim.world import Game, N

__all__ = [
    "COUNTS", "EVERYTHING", "LEVELS", "MEMBER", "asked", "measure_members", "measure_year", "members", "years",
]  # fmt: skip

LEVELS = tuple(register.LEVELS)  # columns of the yearly table that are real numbers, in their order
COUNTS = tuple(register.COUNTS)  # and those that are counts, codes and flags
MEMBER = tuple(register.MEMBERS)  # per member

_levels = unrolled(
    "g, t, asked, out",
    (
        (f"if asked[{k}]: out[{k}] = {{}}(g, t)" if name in register.COSTLY else f"out[{k}] = {{}}(g, t)", function)
        for k, (name, function) in enumerate(register.LEVELS.items())
    ),
)
_counts = unrolled("g, t, out", ((f"out[{k}] = {{}}(g, t)", one) for k, one in enumerate(register.COUNTS.values())))
_of_member = unrolled(
    "g, t, i, out", ((f"out[{k}, i] = {{}}(g, t, i)", one) for k, one in enumerate(register.MEMBERS.values()))
)


def asked(measures: Collection[str]) -> NDArray[np.bool_]:
    """Whether each of LEVELS is among ``measures``."""
    return np.array([name in measures for name in LEVELS])


EVERYTHING = asked(LEVELS)


@kernel
def measure_year(g: Game, t: int, asked: NDArray[np.bool_], levels: Floats, counts: NDArray[np.int16]) -> None:
    """One row of the yearly table, into ``levels`` of shape (len(LEVELS),) and ``counts`` of shape (len(COUNTS),).

    A costly measure that ``asked``, of shape (len(LEVELS),), does not ask for is left as it was.
    """
    _levels(g, t, asked, levels)
    _counts(g, t, counts)


@kernel
def measure_members(g: Game, t: int, out: Floats) -> None:
    """The members' table for one year into ``out`` of shape (len(MEMBER), n)."""
    for i in range(N):
        _of_member(g, t, i, out)
