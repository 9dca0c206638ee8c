"""Many runs of one scenario: compiled, on threads, with the same numbers for any number of them.

A run is known by its replicate number; its luck depends on the seed and that number only, and its place in the result
is fixed beforehand, so chunks may be played in any order by any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engines.loop import own, play_loop, ready, room
from sim.engines.tables import MEASURES, History, chosen, measures_of, member_columns, summarise, year_columns
from sim.machine import threads
from sim.measures import MEMBER
from sim.scenario.given import LAST, replicate_numbers, scenario_of, shown, whole
from sim.scenario.models import Scenario
from sim.scenario.parameters import DATES, limits
from sim.scenario.showing import Shown
from sim.setup import Prepared, of_runs, prepare
from sim.world import PARAMETERS, N

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHUNK", "Runs", "play_chunk", "play_histories", "play_members", "run_batch", "run_members"]

CHUNK = 256  # runs that a thread plays at a time
MOST_ROWS = 10_000_000  # of members at once, some 2 GB
MOST_WORKERS = 1024
Record = Literal["runs", "years"]


@dataclass(frozen=True, repr=False)
class Runs(Shown):
    """What many runs of one scenario measured.

    Attributes:
        scenario: what was run. seed: what its luck came from.
        replicates: (runs,) numbers of the runs.
        levels: (runs, T+1, columns) measures by year, row 0 the start; None if only summaries were kept. A column for
            each of LEVELS of ``sim.measures`` that was recorded. counts: counts, codes and flags, of COUNTS likewise.
        measures: what was recorded, all unless fewer were asked for.
        summaries: column -> (runs,) one value a run. rows: (runs,) of PARAMETERS, that each was played with.
    """

    scenario: Scenario
    seed: int
    replicates: NDArray[np.int64]
    levels: NDArray[np.float64] | None
    counts: NDArray[np.int16] | None
    summaries: dict[str, NDArray[Any]]
    rows: NDArray[Any]
    measures: tuple[str, ...] = MEASURES

    def runs(self) -> pd.DataFrame:
        """One row a run: replicate and the summaries."""
        import pandas as pd

        return pd.DataFrame({"replicate": self.replicates, **self.summaries})

    def years(self) -> pd.DataFrame:
        """One row a run and year: replicate, year, the measures, counts, us_policy by name."""
        import pandas as pd

        if self.levels is None or self.counts is None:
            raise ValueError('yearly measures were not recorded; use record="years"')
        return pd.DataFrame(year_columns(self.scenario, self.replicates, self.levels, self.counts, self.measures))

    def members(self, replicates: int | Sequence[int] | NDArray[np.int64] | None = None) -> pd.DataFrame:
        """One row a run, year and member, played again (bit-identical): of all runs, or of those that are named.

        ValueError for a run that is not one of these, or more than ten million rows at once.
        """
        import pandas as pd

        chosen = self._chosen(replicates)
        prepared = prepare(self.scenario)
        most = MOST_ROWS // (prepared.years.size * N)
        if chosen.size > most:
            words = f"of {chosen.size:,} runs, more than {MOST_ROWS:,} rows; allowed: {most:,} runs at a time, named"
            raise ValueError(f"members {words}")
        tables = []
        for first in range(0, chosen.size, CHUNK):
            at = chosen[first : first + CHUNK]
            histories = play_histories(prepared, self.rows[at], self.seed, self.replicates[at])
            played = zip(self.replicates[at].tolist(), histories, strict=True)
            tables += [pd.DataFrame(member_columns(self.scenario, number, history)) for number, history in played]
        return pd.concat(tables, ignore_index=True)

    def _chosen(self, replicates: Any) -> NDArray[np.int64]:
        """Where the runs of these numbers stand."""
        if replicates is None:
            return np.arange(self.replicates.size)
        one = np.ndim(replicates) == 0
        asked = replicate_numbers([whole("replicate", replicates, 0, LAST)] if one else replicates)
        order = np.argsort(self.replicates, kind="stable")
        at = order[np.minimum(np.searchsorted(self.replicates, asked, sorter=order), self.replicates.size - 1)]
        missing = asked[self.replicates[at] != asked]
        if missing.size:
            there = f"{self.replicates.size:,} runs from {self.replicates.min()} to {self.replicates.max()}"
            raise ValueError(f"replicate {missing[0]} was not played; allowed: one of the {there}")
        return at

    def _facts(self) -> dict[str, Any]:
        kept = "summaries" if self.levels is None else "summaries and years"
        return {
            "scenario": self.scenario.name, "years": f"{self.scenario.start}-{self.scenario.end}", "seed": self.seed,
            "runs": f"{self.replicates.size:,}", "kept": kept,
        }  # fmt: skip


def run_batch(
    scenario: Scenario | str | Path,
    seed: int = 1,
    replicates: int | Sequence[int] | NDArray[np.int64] = 1000,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
    record: Record = "years",
    measures: Iterable[str] | None = None,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Runs:
    """Play many runs of a scenario with the compiled engine.

    Args:
        scenario: the world; a preset's name or a path to a .toml will do.
        seed: 0 to 2**63 - 1; the same seed gives the same bytes.
        replicates: how many runs (numbers 0, 1, ...), or the numbers themselves.
        parameters: parameter name -> one value a run, for what differs from run to run; before any draw.
        record: "years" keeps every run's yearly measures, "runs" only its summary.
        measures: columns of runs or years that are wanted; what no one of them is made of is not computed, which saves
            up to half of the time. All unless given.
        workers: how many threads play; all cores by default. Results do not depend on it.
        progress: called with the number of runs done after each chunk.

    Raises:
        ValueError: an argument out of its range or of another kind, an unknown parameter or measure, or arrays of
            another length than the runs. ScenarioError: a scenario that is none, or that no file could hold.
        MachineFault: numba does not work here, or compiles other numbers than plain Python plays.
    """
    scenario, seed, numbers = scenario_of(scenario), whole("seed", seed, 0, LAST), replicate_numbers(replicates)
    if record not in get_args(Record):
        words = 'allowed: "years" or "runs"; members() gives every member\'s years either way'
        raise ValueError(f"record = {shown(record)}; {words}")
    if workers is not None:
        workers = whole("workers", workers, 1, MOST_WORKERS)
    prepared = prepare(scenario)
    rows = _rows(prepared, numbers, parameters or {})
    years = prepared.years.size
    chunks = [slice(a, min(a + CHUNK, numbers.size)) for a in range(0, numbers.size, CHUNK)]
    keep = record == "years"
    recorded = MEASURES if measures is None else measures_of([measures] if isinstance(measures, str) else measures)
    tables = room(numbers.size if keep else 0, years, recorded)
    summaries: dict[str, NDArray[Any]] = {}

    lock = Lock()

    def play(chunk: slice) -> int:
        played = play_chunk(prepared, rows[chunk], seed, numbers[chunk], recorded)
        if keep:
            tables[0][chunk], tables[1][chunk] = played
        summary = summarise(scenario, *played, recorded)
        with lock:  # only while a column is made; every chunk has its own rows
            columns = {k: _column(summaries, k, numbers.size, v.dtype) for k, v in summary.items()}
        for name, values in summary.items():
            columns[name][chunk] = values
        return int(chunk.stop - chunk.start)

    told, done = progress or (lambda done: None), 0
    ready(scenario, numbers.size)  # in this thread, where Ctrl-C reaches it
    with threads(workers) as pool:
        for future in as_completed([pool.submit(play, chunk) for chunk in chunks]):
            told(done := done + future.result())
    levels, counts = tables if keep else (None, None)
    return Runs(scenario, seed, numbers, levels, counts, summaries, rows, recorded)


def _column(columns: dict[str, NDArray[Any]], name: str, size: int, kind: np.dtype[Any]) -> NDArray[Any]:
    if name not in columns:
        columns[name] = np.empty(size, kind)
    return columns[name]


def play_chunk(
    prepared: Prepared, rows: NDArray[Any], seed: int, replicates: NDArray[np.int64], measures: Sequence[str] = MEASURES
) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """Yearly levels and counts of one chunk of runs, each with its own row of parameters; of all measures or some."""
    history = play_loop(prepared, own(rows), seed, replicates, False, measures)
    return chosen(history.levels, history.counts, measures)


def play_members(
    prepared: Prepared,
    seed: int,
    replicates: NDArray[np.int64],
    columns: Sequence[str],
    parameters: Mapping[str, ArrayLike] | None = None,
) -> NDArray[np.float64]:
    """Some columns of the members' tables of many runs, shape (runs, T+1, len(columns), n).

    Columns are names of ``sim.measures.MEMBER``; ``parameters`` as in `run_batch`, with the same ValueError.
    """
    rows, picked = _rows(prepared, replicates, parameters or {}), [MEMBER.index(name) for name in columns]
    kept = np.empty((replicates.size, prepared.years.size, len(columns), N))
    for first in range(0, replicates.size, CHUNK):
        chunk = slice(first, first + CHUNK)
        kept[chunk] = play_loop(prepared, own(rows[chunk]), seed, replicates[chunk], True).members[:, :, picked]
    return kept


def play_histories(
    prepared: Prepared, rows: NDArray[Any], seed: int, replicates: NDArray[np.int64]
) -> Iterator[History]:
    """The same with every member's years, run by run."""
    whole = play_loop(prepared, own(rows), seed, replicates, True)
    return (History(*run) for run in zip(whole.levels, whole.counts, whole.members, strict=True))


def run_members(scenario: Scenario, seed: int, replicate: int = 0, row: NDArray[Any] | None = None) -> History:
    """Play one run alone with every member's year; ``row`` replaces the scenario's parameters."""
    prepared = prepare(scenario)
    numbers = np.array([replicate])
    rows = own(of_runs(prepared.parameters, numbers)) if row is None else own(row.reshape(1))
    whole = play_loop(prepared, rows, seed, numbers, True)
    return History(whole.levels[0], whole.counts[0], whole.members[0])


def _rows(prepared: Prepared, numbers: NDArray[np.int64], parameters: Mapping[str, ArrayLike]) -> NDArray[Any]:
    """One row of parameters a run, checked against the ranges of the model."""
    rows, runs = of_runs(prepared.parameters, numbers), numbers.size
    if not parameters:
        return rows
    rows = np.array(rows)
    for name, values in parameters.items():
        if name not in (PARAMETERS.names or ()):
            raise ValueError(f"unknown parameter {name!r}; there are {', '.join(PARAMETERS.names or ())}")
        column = _column_of(name, values, runs)
        low, high = limits(name)
        if not np.all((column >= low) & (column <= high)):
            raise ValueError(f"parameter {name} must lie from {low:g} to {high:g} in every run")
        if PARAMETERS[name] == np.int64 and not np.all(column == np.floor(column)):
            raise ValueError(f"parameter {name} must be a whole number in every run")
        if name in DATES and not np.all((column == 0) | (column > prepared.years["year"][0])):
            first = prepared.years["year"][0] + 1
            raise ValueError(f"parameter {name} must be 0 (never by date) or a year from {first} in every run")
        rows[name] = column
    return rows


def _column_of(name: str, values: ArrayLike, runs: int) -> NDArray[np.float64]:
    """One number a run; ValueError for anything else."""
    found = np.asarray(values)
    if found.dtype.kind not in "iuf" or found.shape not in ((), (runs,)):
        what = f"{found.dtype} of shape {found.shape}"
        raise ValueError(f"parameter {name}: found {what}; allowed: a number, or {runs:,} of them, one a run")
    return np.broadcast_to(found.astype(float), (runs,))
