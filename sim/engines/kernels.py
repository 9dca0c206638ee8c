"""The loops over runs and years; compiled once, kept on disk, free of the interpreter's lock."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import entry
from sim.measures import measure_members, measure_year
from sim.world import Game, start
from sim.year import play_year

__all__ = ["play_member_history", "play_runs"]


@entry
def play_runs(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], seed: int,
    replicates: NDArray[np.int64], world: NDArray[Any], path: NDArray[Any],
    levels: NDArray[np.float64], counts: NDArray[np.int16],
) -> None:  # fmt: skip
    """Play one run for each row of ``parameters`` and number in ``replicates``.

    ``levels`` (runs, years+1, len(LEVELS)) and ``counts`` (runs, years+1, len(COUNTS)) are filled in place; ``world`` (one
    record) and ``path`` are scratch. A run's numbers depend on its own row and replicate only.
    """
    for r in range(replicates.size):
        g = Game(parameters[r], setup[0], years, policies, world[0], path, seed, replicates[r])
        start(g)
        measure_year(g, 0, levels[r, 0], counts[r, 0])
        for t in range(1, levels.shape[1]):
            play_year(g, t)
            measure_year(g, t, levels[r, t], counts[r, t])


@entry
def play_member_history(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], seed: int,
    replicate: int, world: NDArray[Any], path: NDArray[Any],
    levels: NDArray[np.float64], counts: NDArray[np.int16], members: NDArray[np.float64],
) -> None:  # fmt: skip
    """One run with every member's year, into ``members`` of shape (years+1, len(MEMBER), n)."""
    g = Game(parameters[0], setup[0], years, policies, world[0], path, seed, replicate)
    start(g)
    for t in range(levels.shape[0]):
        if t > 0:
            play_year(g, t)
        measure_year(g, t, levels[t], counts[t])
        measure_members(g, t, members[t])
