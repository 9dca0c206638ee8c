"""The loops over runs and years; compiled once, kept on disk, free of the interpreter's lock."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import entry
from sim.measures import measure_members, measure_year
from sim.world import Game, start
from sim.year import play_year

__all__ = ["play_runs"]


@entry
def play_runs(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], seed: int,
    replicates: NDArray[np.int64], new: NDArray[np.bool_], world: NDArray[Any], path: NDArray[Any],
    asked: NDArray[np.bool_], levels: NDArray[np.float64], counts: NDArray[np.int16], members: NDArray[np.float64],
) -> None:  # fmt: skip
    """Play one run for each row of ``parameters`` and number in ``replicates``.

    Filled in place: ``levels`` (runs, T+1, len(LEVELS)), ``counts`` (runs, T+1, len(COUNTS)) and, unless it has no
    rows, ``members`` (runs, T+1, len(MEMBER), n); of costly levels those that ``asked`` (len(LEVELS),) asks for.
    ``world`` (two records) and ``path`` are scratch. A run's numbers depend on its own row and replicate only; ``new``
    tells where a row differs from the one before, because nothing is drawn at the start and runs with equal parameters
    start alike.
    """
    for r in range(replicates.size):
        if new[r]:
            start(Game(parameters[r], setup[0], years, policies, world[1], path, seed, replicates[r]))
        world[0] = world[1]
        g = Game(parameters[r], setup[0], years, policies, world[0], path, seed, replicates[r])
        for t in range(levels.shape[1]):
            if t > 0:
                play_year(g, t)
            measure_year(g, t, asked, levels[r, t], counts[r, t])
            if members.shape[0] > 0:
                measure_members(g, t, members[r, t])
