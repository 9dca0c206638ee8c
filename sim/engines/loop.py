"""The loop that plays runs: compiled, or plain Python while that is sooner done; to the same bits.

The first few runs of a process are played in plain Python, which takes less time than to import numba. Before the
compiled loop plays its first run it is compared with plain Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import CACHE, COMPILED, is_ready
from sim.engines.kernels import play_runs
from sim.engines.plain import play_plainly
from sim.engines.tables import MEASURES, History
from sim.faults import MachineFault
from sim.measures import COUNTS, LEVELS, MEMBER, asked
from sim.scenario.models import Scenario
from sim.setup import Prepared, of_runs, prepare
from sim.world import MEMORY, PATH, WORLD, N

__all__ = ["check", "own", "play_loop", "ready", "room"]

AT_ONCE = 8  # runs that plain Python plays sooner than a process reads the compiled loop
FEW = 16  # and sooner than it is compiled, where no process has done that yet
COMPARED = 3  # years of a run that are played both ways

_interpreted: list[int] = []  # runs that this process has played so
_trusted: list[bool] = []  # that the compiled loop is here, and plays what plain Python plays
_loading = Lock()


def play_loop(
    prepared: Prepared, rows: NDArray[Any], seed: int, replicates: NDArray[np.int64], in_full: bool,
    measures: Sequence[str] = MEASURES,
) -> History:  # fmt: skip
    """Runs one after the other, with every member's year or without."""
    player = _player(replicates.size)
    if player is play_runs:
        _trust(prepared, rows)
    return _played(player, prepared, rows, seed, replicates, in_full, measures, prepared.years.size)


def _played(
    player: Callable[..., None], prepared: Prepared, rows: NDArray[Any], seed: int, replicates: NDArray[np.int64],
    in_full: bool, measures: Sequence[str], years: int,
) -> History:  # fmt: skip
    """The first so many years of runs."""
    runs = replicates.size
    members = np.empty((runs if in_full else 0, years, len(MEMBER), N))
    whole = History(*room(runs, years, MEASURES), members)
    world, path = np.zeros(2, WORLD), np.zeros(MEMORY + prepared.years.size, PATH)
    numbers = rows.view(np.int64).reshape(runs, -1)
    new = np.r_[True, (numbers[1:] != numbers[:-1]).any(axis=1)]
    player(
        rows, prepared.setup, prepared.years, prepared.policies, seed, replicates, new, world, path, asked(measures),
        whole.levels, whole.counts, whole.members,
    )  # fmt: skip
    return whole


def room(runs: int, years: int, measures: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """Room for the levels and the counts among some measures."""
    levels, counts = (sum(name in measures for name in names) for names in (LEVELS, COUNTS))
    return np.empty((runs, years, levels)), np.empty((runs, years, counts), np.int16)


def own(rows: NDArray[Any]) -> NDArray[Any]:
    """Read-only rows are another type to numba, and would be compiled again."""
    return rows if rows.flags.writeable and rows.flags.c_contiguous else np.array(rows)


def _player(runs: int) -> Callable[..., None]:
    """The compiled loop; plain Python while that is sooner done."""
    if _worth_compiling(runs):
        return play_runs
    _interpreted.append(runs)
    return play_plainly


def _worth_compiling(runs: int) -> bool:
    total = sum(_interpreted) + runs
    return COMPILED and (bool(_trusted) or total > FEW or (total > AT_ONCE and is_ready(play_runs)))


def ready(scenario: Scenario, runs: int) -> None:
    """Read or compile now what so many more runs are played by, so that no run does; once in a process.

    Nothing where plain Python plays them sooner. MachineFault where that fails, with what to do.
    """
    if _worth_compiling(runs):
        prepared = prepare(scenario)
        _trust(prepared, of_runs(prepared.parameters, np.arange(1)))


def _trust(prepared: Prepared, rows: NDArray[Any]) -> None:
    """Read or compile the loop, and compare it with plain Python before it plays anything; once in a process."""
    with _loading:
        if not _trusted:
            one, years = own(rows[:1]), min(COMPARED, prepared.years.size)
            _compare(prepared, one, _played(play_runs, prepared, one, 1, np.zeros(1, np.int64), True, MEASURES, years))
            _trusted.append(True)


def check(scenario: Scenario, history: History) -> None:
    """MachineFault unless a run of a scenario, with seed 1 and replicate 0, is what plain Python plays at first."""
    prepared = prepare(scenario)
    whole = History(*(part[np.newaxis] for part in vars(history).values()))
    _compare(prepared, own(of_runs(prepared.parameters, np.arange(1))), whole)


def _compare(prepared: Prepared, row: NDArray[Any], played: History) -> None:
    years = min(COMPARED, prepared.years.size)
    plain = _played(play_plainly, prepared, row, 1, np.zeros(1, np.int64), True, MEASURES, years)
    pairs = zip(vars(plain).values(), vars(played).values(), strict=True)
    if not all(np.array_equal(one, other[:, :years], equal_nan=True) for one, other in pairs):
        words = "compiled code plays other numbers than plain Python from the same seed; allowed: to delete"
        raise MachineFault(f"{words} {CACHE.folder}, another release of numba, or NUMBA_DISABLE_JIT=1")
